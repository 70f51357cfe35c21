"""`status`: one screen, worst first; why a job is in quarantine; what nobody manages; and what could not be read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler

QUARANTINE = {
    "currentBegan": "2026-11-24T10:00:00.0000000Z",
    "reason": "TooManyDeletes",
    "error": {"code": "DeletesExceeded", "message": "600 deletions\u202e"},
}


@pytest.fixture
def ill(tmp_path: Path) -> Path:
    """The minimal example of which one job is in quarantine, with ten groups that nobody manages."""
    spec = Path(
        shutil.copytree(
            ROOT / "examples" / "minimal", tmp_path / "minimal", ignore=shutil.ignore_patterns(".reconciler")
        )
    )
    seed = json.loads((spec / "live.seed.json").read_text(encoding="utf-8"))
    seed["apps"][0]["jobs"] = [{"state": "Active", "status": {"code": "Quarantine", "quarantine": QUARANTINE}}]
    seed["agentGroups"] += [{"displayName": f"Stranger {number}"} for number in range(10)]
    (spec / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")
    return spec


def test_what_is_ill_comes_first_with_its_reason(reconciler: Reconciler, ill: Path) -> None:
    ran = reconciler("status", ill)
    assert ran.code == ExitCode.DONE
    first = ran.out.split("\n\n")[1].replace("\n", " ")
    assert first.startswith("! app/payroll")
    assert "its job is in quarantine: TooManyDeletes: 600" in first
    assert "deletions\\u202e (DeletesExceeded) since 2026-11-24T10:00:00Z" in " ".join(first.split())
    assert "and 2 more; --all shows them" in ran.out
    assert "agent/one" not in ran.out
    assert ran.out.splitlines()[-1] == (
        "Status: 1 app (1 ill); 1 group (1 ailing); 3 agents (3 well). Not managed here: 10."
    )


def test_everything_is_shown_when_it_is_asked_for(reconciler: Reconciler, ill: Path) -> None:
    ran = reconciler("status", ill, "--all")
    assert ran.out.count("active, member of no group") == 3
    strangers = [line for line in ran.out.splitlines() if "Stranger" in line]
    assert len(strangers) == 10
    assert strangers == sorted(strangers)


def test_the_same_as_one_document(reconciler: Reconciler, ill: Path) -> None:
    document = json.loads(reconciler("status", ill, "--format", "json").out)
    schema = json.loads((ROOT / "schemas" / "status.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    assert document["things"][0]["grade"] == "ill"
    assert {thing["grade"] for thing in document["things"]} == {"ill", "ailing", "well", "unmanaged"}


def test_a_surface_that_is_not_looked_at_is_unknown_and_one_that_does_not_answer_is_exit_7(
    reconciler: Reconciler, ill: Path
) -> None:
    ran = reconciler("status", ill, "--surface", "apps")
    assert (ran.code, "? agent/one" in ran.out, "out of scope" in ran.out) == (ExitCode.DONE, True, True)
    away = reconciler("status", ill, "--endpoint", "http://127.0.0.1:1", "--time-limit", "1")
    assert away.code == ExitCode.UNREADABLE


def test_a_spec_with_a_fault_that_a_rule_finds_has_a_status_all_the_same(reconciler: Reconciler, ill: Path) -> None:
    root = ill / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("group: staff", "group: null"), encoding="utf-8")
    assert reconciler("validate", ill).code == ExitCode.ERROR
    assert reconciler("status", ill).code == ExitCode.DONE
