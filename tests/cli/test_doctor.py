"""`doctor` says per surface what the credentials can do and what they lack, and asks by reading only."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import ExitCode
from tests.cli.portal import Portal
from tests.conftest import ROOT, Ran, Reconciler

Doctor = Callable[..., Ran]


@pytest.fixture(scope="module")
def guarded() -> Iterator[httpx.Client]:
    """A client of an emulator of contoso's tenant that looks at tokens."""
    command = [sys.executable, "-m", "reconciler", "emulator", "serve", "--switch", "auth=required"]
    command += ["--seed", str(ROOT / "examples" / "contoso" / "live.seed.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        base = process.stdout.readline().removeprefix("listening on ").strip()
        with httpx.Client(base_url=base, trust_env=False) as client:
            yield client
        process.terminate()


@pytest.fixture
def doctor(guarded: httpx.Client, contoso: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Run a verb (doctor) with a token of a profile, or with the text of one."""

    def run(profile: str, *words: str, verb: str = "doctor", text: str = "", **said: object) -> Ran:
        token = text or guarded.post("/emulator/tokens", json={"profile": profile, **said}).json()["token"]
        monkeypatch.setenv("RECONCILER_TOKEN", token)
        return reconciler(verb, contoso, "--endpoint", str(guarded.base_url), *words)

    return run


def document(ran: Ran) -> dict[str, dict[str, Any]]:
    """What a run printed as JSON, by surface, after it was held against its schema."""
    found = json.loads(ran.out)
    schema = json.loads((ROOT / "schemas" / "doctor.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    return {each["surface"]: each for each in found["surfaces"]}


def verbs(surface: dict[str, Any]) -> dict[str, str]:
    return {each["verb"]: each["standing"] for each in surface["verbs"]}


READS = ("status", "plan", "drift", "import")
ALL = {**dict.fromkeys(READS, "tried"), "apply": "claimed"}
NOTHING = dict.fromkeys((*READS, "apply"), "lacking")


@pytest.mark.parametrize(
    ("profile", "code", "apps", "topology"),
    [
        ("delegated", ExitCode.DONE, ALL, ALL),
        ("app-only", ExitCode.UNREADABLE, ALL, NOTHING),
        (
            "global-reader",
            ExitCode.UNREADABLE,
            NOTHING,
            {**dict.fromkeys(READS, "tried"), "apply": "lacking"},
        ),
        ("none", ExitCode.UNREADABLE, NOTHING, NOTHING),
        ("expired", ExitCode.UNREADABLE, NOTHING, NOTHING),
    ],
)
def test_each_verb_stands_as_the_token_lets_it(
    doctor: Doctor, profile: str, code: ExitCode, apps: dict[str, str], topology: dict[str, str]
) -> None:
    ran = doctor(profile, "--format", "json")
    found = document(ran)
    assert ran.code == code
    assert verbs(found["apps"]) == apps
    assert verbs(found["topology"]) == topology


def test_nothing_is_written(doctor: Doctor, guarded: httpx.Client) -> None:
    guarded.post("/emulator/reset", json={})
    guarded.post("/emulator/switches", json={"auth": "required"})
    doctor("delegated")
    calls = guarded.get("/emulator/calls").json()["value"]
    assert len(calls) > 5
    assert {(each["method"], each["path"]) for each in calls if each["method"] != "GET"} <= {("POST", "/beta/$batch")}


def test_an_application_is_told_that_topology_needs_a_person(doctor: Doctor) -> None:
    ran = doctor("app-only")
    words = " ".join(ran.out.split())
    assert (
        "- read agents, groups and published resources needs a signed-in user with one of Policy.Read.Hybrid" in words
    )
    assert "403 GET /onPremisesPublishingProfiles/provisioning" in words
    assert ran.out.splitlines()[-1] == (
        "Doctor: apps: status/plan/drift/import can, apply can (untried); "
        "topology: status/plan/drift/import/apply cannot."
    )


def test_a_single_permission_that_lacks_is_named_and_what_works_besides(doctor: Doctor) -> None:
    ran = doctor("app-only", "--surface", "apps", roles=["Application.Read.All", "Synchronization.Read.All"])
    words = " ".join(ran.out.split())
    assert "+ read mappings tried" in words
    assert (
        "- read connection settings lacks one of Synchronization.ReadWrite.All, Application.ReadWrite.OwnedBy" in words
    )
    assert ran.out.splitlines()[-1] == "Doctor: apps: status can, plan/drift/import/apply cannot."


def test_without_the_audit_log_drift_can_do_all_but_name_people(doctor: Doctor) -> None:
    ran = doctor("app-only", "--surface", "apps", roles=["Application.Read.All", "Synchronization.ReadWrite.All"])
    assert ran.code == ExitCode.DONE
    assert "- read who changed what lacks AuditLog.Read.All (application)" in " ".join(ran.out.split())
    assert ran.out.splitlines()[-1] == (
        "Doctor: apps: status/plan/import can, drift can (but not read who changed what), apply can (untried)."
    )


def test_the_audit_log_is_asked_for_once_with_the_token_that_drift_reads_it_with(doctor: Doctor) -> None:
    def asked(*words: str) -> list[str]:
        found = document(doctor("delegated", "--format", "json", *words))
        return [each for each in found if any("auditLogs" in call["path"] for call in found[each]["tried"])]

    assert asked() == ["apps"]
    assert asked("--surface", "topology") == ["topology"]


def test_an_apply_that_can_do_most_says_what_it_cannot(doctor: Doctor) -> None:
    scopes = [
        "Policy.ReadWrite.HybridAuthentication",
        "OnPremisesPublishingProfiles.ReadWrite.All",
        "AuditLog.Read.All",
    ]
    ran = doctor("delegated", "--surface", "topology", scopes=scopes)
    assert ran.code == ExitCode.DONE
    assert ran.out.splitlines()[-1] == (
        "Doctor: topology: status/plan/drift/import can, apply can (but not create groups, set the updater's window)."
    )


def test_a_user_without_a_role_is_told_of_the_role(doctor: Doctor) -> None:
    words = " ".join(doctor("global-reader", "--surface", "apps").out.split())
    assert "- read jobs and templates lacks the role Application Administrator" in words
    assert "+ find service principals tried" in words


def test_a_token_that_has_run_out_is_told_as_such_and_as_nothing_else(doctor: Doctor) -> None:
    words = " ".join(doctor("expired").out.split())
    assert "the service does not accept the token" in words
    assert "Lifetime validation failed, the token is expired" in words
    assert "lacks" not in words


def test_a_permission_that_shows_as_an_unknown_error_is_a_permission(doctor: Doctor, guarded: httpx.Client) -> None:
    guarded.post("/emulator/switches", json={"missingPermission": "unknownError"})
    try:
        found = document(doctor("app-only", "--surface", "apps", "--format", "json", roles=["Application.Read.All"]))
    finally:
        guarded.post("/emulator/switches", json={"missingPermission": "forbidden"})
    lacking = {each["what"]: each["why"] for each in found["apps"]["abilities"] if each["standing"] == "lacking"}
    assert "lacks one of Synchronization.Read.All" in lacking["read jobs and templates"]
    assert any(each["status"] == 401 for each in found["apps"]["tried"])


def test_a_token_that_cannot_be_read_leaves_writes_unknown(
    doctor: Doctor, guarded: httpx.Client, contoso: Path
) -> None:
    guarded.post("/emulator/switches", json={"auth": "off"})
    try:
        found = document(doctor("", "--format", "json", text="opaque"))
    finally:
        guarded.post("/emulator/switches", json={"auth": "required"})
    assert verbs(found["apps"])["plan"] == "tried"
    assert verbs(found["apps"])["apply"] == "unknown"
    assert found["apps"]["holder"] is None


def test_the_embedded_emulator_asks_for_no_token(contoso: Path, reconciler: Reconciler) -> None:
    ran = reconciler("doctor", contoso)
    assert ran.code == ExitCode.DONE
    assert "apps: no token is sent" in ran.out


def test_a_surface_without_a_sign_in_is_told_with_its_reason(
    contoso: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("azure.identity")
    root = contoso / "reconciler.yaml"
    ways = "endpoint: graph\n  auth: {apps: {credential: client-secret}, topology: {credential: client-certificate}}"
    root.write_text(root.read_text(encoding="utf-8").replace("endpoint: emulator", ways), encoding="utf-8")
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"):
        monkeypatch.delenv(name, raising=False)
    ran = reconciler("doctor", contoso)
    assert ran.code == ExitCode.UNREADABLE
    assert "AZURE_CLIENT_ID is not set" in ran.out
    assert ran.out.splitlines()[-1] == ("Doctor: apps cannot be signed in for; topology cannot be signed in for.")
    assert set(document(reconciler("doctor", contoso, "--format", "json"))) == {"apps", "topology"}


def test_a_service_that_does_not_answer_is_no_missing_permission(contoso: Path, reconciler: Reconciler) -> None:
    ran = reconciler("doctor", contoso, "--endpoint", "http://127.0.0.1:1", "--time-limit", "1")
    assert ran.code == ExitCode.UNREADABLE
    assert "lacks" not in ran.out
    assert "? find service principals" in ran.out


@pytest.mark.parametrize("path", ["servicePrincipals$", "/jobs$", "agentGroups$"])
@pytest.mark.parametrize("kind", ["wrongJson", "brokenJson"])
def test_an_answer_that_nobody_understands_ends_nothing(
    doctor: Doctor, guarded: httpx.Client, path: str, kind: str
) -> None:
    guarded.post("/emulator/faults", json={"rules": [{"kind": kind, "path": path}]})
    try:
        found = document(doctor("delegated", "--format", "json"))
    finally:
        guarded.post("/emulator/faults", json={"rules": []})
    assert set(found) == {"apps", "topology"}


def test_a_spec_without_apps_looks_at_one_of_the_tenant(
    guarded: httpx.Client, tmp_path: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = guarded.post("/emulator/tokens", json={"profile": "app-only"}).json()["token"]
    monkeypatch.setenv("RECONCILER_TOKEN", token)
    tenant = '{"name": "contoso", "id": "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"}'
    (tmp_path / "reconciler.yaml").write_text(f'{{"version": 1, "tenant": {tenant}, "agents": {{}}}}', encoding="utf-8")
    ran = reconciler("doctor", tmp_path, "--endpoint", str(guarded.base_url), "--surface", "apps", "--format", "json")
    found = document(ran)["apps"]
    assert {each["path"].rpartition("/")[2] for each in found["tried"]} >= {"jobs", "templates", "secrets"}
    assert (found["apps"], {each["times"] for each in found["tried"]}) == ({"looked": 1, "of": 1}, {1})


def many_apps(folder: Path, count: int) -> None:
    """A spec of so many apps, and a seed that holds them."""
    name = "3b9d7c10-52b4-4f0e-9a67-1d2c8e4f6a05"
    spec = {
        "version": 1,
        "tenant": {"name": "big", "id": name, "endpoint": "emulator", "seed": "live.seed.json"},
        "apps": {f"app-{each}": {"servicePrincipal": {"displayName": f"App {each}"}} for each in range(count)},
    }
    seed = {"version": 1, "tenant": {"id": name}, "apps": [{"displayName": f"App {each}"} for each in range(count)]}
    folder.mkdir()
    (folder / "reconciler.yaml").write_text(json.dumps(spec), encoding="utf-8")
    (folder / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")


def test_every_app_is_looked_at_and_those_that_are_refused_are_named(tmp_path: Path, reconciler: Reconciler) -> None:
    many_apps(tmp_path / "big", 45)
    portal = Portal(tmp_path / "big")
    mine = [portal.principal(name) for name in ("App 7", "App 40")]
    rules = [
        {
            "kind": "status",
            "status": 403,
            "code": "Authorization_RequestDenied",
            "path": f"{each}/synchronization/jobs$",
        }
        for each in mine
    ]
    portal.call("POST", "/emulator/faults", {"rules": rules})
    ran = reconciler("doctor", tmp_path / "big", "--surface", "apps")
    words = " ".join(ran.out.split())
    assert ran.code == ExitCode.UNREADABLE
    assert "200 GET /servicePrincipals/{id}/synchronization/jobs, 43 times" in words
    assert "403 GET /servicePrincipals/{id}/synchronization/jobs, 2 times, of App 7, App 40:" in words, ran.out
    assert "(2 of 90 calls)" in words
    assert "45 apps looked at." in words
    assert ran.out.splitlines()[-1] == "Doctor: apps: status/plan/drift/import/apply cannot."


def test_a_plan_names_the_permission_and_the_way_on(doctor: Doctor) -> None:
    ran = doctor("app-only", verb="plan")
    words = " ".join(ran.err.split())
    assert ran.code == ExitCode.UNREADABLE
    assert "this call needs one of Policy.Read.HybridAuthentication" in words
    assert "`reconciler doctor` tells what still works" in words
    gone = doctor("expired", verb="plan")
    assert "sign in again: the token is missing, has run out" in " ".join(gone.err.split())


@pytest.mark.parametrize("until", [4e9, 1e300])
def test_claims_of_strangers_are_shown_as_text(doctor: Doctor, until: float) -> None:
    claims = {"tid": "t", "appid": "a\x1b[2J", "upn": "ann\u202e@contoso", "scp": "x", "exp": until}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    ran = doctor("", text=f"h.{middle}.s")
    assert ("ann\\u202e@contoso" in ran.out) == (until == 4e9)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_an_apply_that_may_only_read_says_what_it_lacks_and_has_written_nothing(
    doctor: Doctor, guarded: httpx.Client
) -> None:
    scopes = ["Policy.Read.HybridAuthentication"]
    words = ("--surface", "topology", "--yes", "--quiet", "--ack", "app/ledger-sql")
    ran = doctor("delegated", *words, verb="apply", scopes=scopes)
    told = " ".join(ran.err.split())
    assert ran.code in {ExitCode.ERROR, ExitCode.PARTLY_APPLIED}, ran.err
    assert "403 Authorization_RequestDenied" in told
    assert "this call needs " in told
    assert "`reconciler doctor` tells what still works" in told
    calls = guarded.get("/emulator/calls").json()["value"]
    assert not [
        each
        for each in calls
        if each["method"] != "GET" and 200 <= each["status"] < 300 and "$batch" not in each["path"]
    ]


def test_where_time_runs_out_it_says_of_how_many_apps_it_knows(tmp_path: Path, reconciler: Reconciler) -> None:
    many_apps(tmp_path / "big", 25)
    rule = {"kind": "status", "status": 429, "path": "secrets$", "retryAfter": "600", "nth": 23}
    Portal(tmp_path / "big").call("POST", "/emulator/faults", {"rules": [rule]})
    ran = reconciler("doctor", tmp_path / "big", "--surface", "apps", "--time-limit", "20")
    words = " ".join(ran.out.split())
    assert "24 of 25 apps looked at: allow more with --time-limit." in words
    assert "+ read connection settings tried" in words, "of the others it is known"
    assert "? read who changed what the budget for calls is spent" in words
