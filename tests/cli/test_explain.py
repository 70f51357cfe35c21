"""`explain`: why a rule exists with an example, and everything that is known of one thing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.rulebook import rulebook
from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler

SCHEMA = json.loads((ROOT / "schemas" / "explain.schema.json").read_text(encoding="utf-8"))


def checked(text: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(text)
    Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.mark.parametrize("rule", rulebook().values(), ids=lambda rule: rule.id)
def test_every_rule_is_explained_in_both_forms(
    reconciler: Reconciler, rule: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = reconciler("explain", rule.id)
    assert ran.code == 0
    words = " ".join(ran.out.split())
    assert f"{rule.id} ({rule.severity.value}): {rule.title}." in words
    assert " ".join(rule.why.split()) in words
    assert rule.page in ran.out
    document = checked(reconciler("explain", rule.id, "--format", "json").out)
    assert (document["rule"], document["page"], document["mayChange"]) == (rule.id, rule.page, not rule.fixed)


def test_a_rule_is_shown_with_what_breaks_it_and_what_mends_that(reconciler: Reconciler) -> None:
    out = reconciler("explain", "EPR021").out
    breaks, _, mends = out.partition("Mended:")
    assert '    ams: {address: "proxy.ams.contoso.local:8080"}' in breaks
    assert '    ams: {address: "http://proxy.ams.contoso.local:8080"}' in mends


@pytest.mark.parametrize("typed", ["epr7", "EPR07", "epr007"])
def test_a_rule_may_be_typed_in_haste(reconciler: Reconciler, typed: str) -> None:
    assert reconciler("explain", typed).out == reconciler("explain", "EPR007").out


def test_a_rule_that_there_is_not_gets_the_nearest_one(reconciler: Reconciler) -> None:
    ran = reconciler("explain", "EPR252")
    assert ran.code == ExitCode.USAGE
    assert "there is no rule EPR252" in ran.err
    assert "did you mean EPR" in ran.err
    assert "rules.md" in reconciler("explain", "XQ999999").err


def test_every_field_of_an_app_is_told_before_and_after_it_is_applied(reconciler: Reconciler, contoso: Path) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    before = reconciler("explain", "app/crm-scim", contoso)
    assert before.code == 0
    assert "no ledger of this service yet" in before.out
    block = before.out[before.out.index("provisioning.deleteThreshold") :].split("\n\n")[0]
    assert "  desired  50 (reconciler.yaml:24:24, by defaults.apps)\n  live     500\n" in block
    assert reconciler("apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql").code == 0
    after = reconciler("explain", "app/crm-scim", contoso).out
    block = after[after.index("provisioning.deleteThreshold") :].split("\n\n")[0]
    assert "  live     50\n  applied  50\n  kept by  the spec" in block
    document = checked(reconciler("explain", "app/crm-scim", contoso, "--format", "json").out)
    fields = {field["key"]: field for field in document["fields"]}
    assert fields["provisioning.deleteThreshold"]["desired"]["origin"] == "by defaults.apps"
    assert fields["connector.secretToken"]["live"]["state"] == "unknown"
    assert fields["provisioning.canary"]["desired"] == {"state": "unmanaged"}


def test_a_made_value_says_what_it_is_made_of(reconciler: Reconciler, contoso: Path) -> None:
    out = reconciler("explain", "app/hr-sql/connector", contoso).out
    assert "made of connector.host and connector.name" in " ".join(out.split())
    assert "provisioning" not in out


def test_a_part_of_a_mapping_is_told_alone(reconciler: Reconciler, contoso: Path) -> None:
    part = 'app/crm-scim/mapping/User/emails[type eq "work"].value'
    out = reconciler("explain", part, contoso).out
    assert "mappings/scim-users.yaml:12:37" in out
    assert "displayName" not in out


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("app/hr-sq", "did you mean app/hr-sql?"),
        ("agent/zzzzzzzzz", "status --all"),
        ("mapping/scim-users", "app/KEY/mapping/SOURCE"),
        ("app/hr-sql/nothing", "all of it: reconciler explain app/hr-sql"),
    ],
)
def test_what_nobody_knows_is_answered_with_what_to_do(
    reconciler: Reconciler, contoso: Path, address: str, text: str
) -> None:
    ran = reconciler("explain", address, contoso)
    assert ran.code == ExitCode.ERROR
    assert text in ran.err


def test_a_word_that_is_no_address_is_wrong_usage(reconciler: Reconciler) -> None:
    assert reconciler("explain", "hr").code == ExitCode.USAGE


def test_a_thing_that_only_the_ledger_knows_is_told(reconciler: Reconciler, contoso: Path) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    assert reconciler("apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql").code == 0
    (contoso / "apps" / "travel-ws.yaml").unlink()
    out = reconciler("explain", "app/travel-ws", contoso).out
    assert "the spec does not name it" in out
    assert "which applied it once" in out


def test_a_read_that_fails_is_unknown_and_ends_with_7(reconciler: Reconciler, contoso: Path) -> None:
    seed = contoso / "live.seed.json"
    document = json.loads(seed.read_text(encoding="utf-8"))
    document["faults"] = [{"kind": "status", "method": "GET", "path": "/synchronization/", "status": 403}]
    seed.write_text(json.dumps(document), encoding="utf-8")
    ran = reconciler("explain", "app/crm-scim", contoso)
    assert ran.code == ExitCode.UNREADABLE
    assert "? the read failed" in ran.out
    checked(reconciler("explain", "app/crm-scim", contoso, "--format", "json").out)


def test_of_the_apps_only_the_one_that_is_asked_for_is_read(reconciler: Reconciler, contoso: Path) -> None:
    calls = [
        line for line in reconciler("explain", "app/crm-scim", contoso, "--verbose").err.splitlines() if "GET" in line
    ]
    assert calls
    assert len({line for line in calls if "/synchronization/secrets" in line}) <= 1
