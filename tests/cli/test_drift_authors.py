"""`drift` names who changed each thing and when, where the audit log says so, and asks it once for everything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from tests.cli.portal import PROFILE, Portal
from tests.conftest import ROOT, Reconciler

ADA, BOB = "ada@fabrikam.com", "bob@fabrikam.com"
AUDITS = "/beta/auditLogs/directoryAudits"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal example, applied once, for tests to copy."""
    folder = tmp_path_factory.mktemp("once") / "minimal"
    shutil.copytree(ROOT / "examples" / "minimal", folder, ignore=shutil.ignore_patterns(".reconciler"))
    assert run_command_line(["apply", str(folder), "--yes", "--quiet"]) == ExitCode.DONE
    return folder


@pytest.fixture
def applied(once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once, tmp_path / "minimal"))


def authors(reconciler: Reconciler, spec: Path) -> dict[str, Any]:
    """By field: who changed it, and how many others may have."""
    ran = reconciler("drift", spec, "--format", "json")
    assert ran.code == ExitCode.CHANGES, ran.err
    document = json.loads(ran.out)
    fields = {
        f"{change['address']} {field['field']}": field["changedBy"]
        for change in document["drift"]
        for field in change["fields"]
    }
    return {key: by and (by["who"], by["others"]) for key, by in fields.items()} | {"": document["whoUnknown"]}


def audits(spec: Path) -> int:
    """How often the audit log was asked."""
    calls = Portal(spec).call("GET", "/emulator/calls").json()["value"]
    return sum(call["path"].startswith(AUDITS) for call in calls)


def test_each_difference_has_its_own_author_and_the_log_is_read_once(reconciler: Reconciler, applied: Path) -> None:
    ada, bob = Portal(applied, ADA), Portal(applied, BOB)
    ada.map("Payroll", "displayName", "surname")
    bob.map("Payroll", "userName", "mail")
    bob.call("POST", f"{bob.job('Payroll')}/pause")
    ada.call("PATCH", f"{PROFILE}/agentGroups/{ada.group('Staff applications')}", {"displayName": "Staff"})
    staff, three = bob.group("Staff"), bob.agent("prov-3.fabrikam.local")
    bob.call("DELETE", f"{PROFILE}/agents/{three}/agentGroups/{staff}/$ref")
    assert authors(reconciler, applied) == {
        "app/payroll job.enabled": (BOB, 0),
        "app/payroll mapping/User/displayName": (ADA, 0),
        "app/payroll mapping/User/userName": (BOB, 0),
        "group/staff agents": (BOB, 0),
        "group/staff displayName": (ADA, 0),
        "": "",
    }
    assert audits(applied) == 1


def test_text_and_markdown_say_who_and_when(reconciler: Reconciler, applied: Path) -> None:
    ada = Portal(applied, ADA)
    ada.call("POST", f"{ada.job('Payroll')}/pause")
    text = reconciler("drift", applied).out
    line = next(line for line in text.splitlines() if "changed by" in line)
    assert line.strip().startswith(f"changed by {ADA} on 20")
    assert line.endswith(" UTC")
    markdown = reconciler("drift", applied, "--format", "markdown").out
    assert "| changed by |" in markdown
    assert f"`{ADA}` on" in markdown


def test_where_nothing_drifted_the_log_is_not_asked(reconciler: Reconciler, applied: Path) -> None:
    assert reconciler("drift", applied).code == ExitCode.DONE
    assert reconciler("plan", applied).code == ExitCode.DONE
    assert audits(applied) == 0


def test_a_change_by_nobody_known_has_no_author(reconciler: Reconciler, applied: Path) -> None:
    somebody = Portal(applied)
    somebody.call("POST", f"{somebody.job('Payroll')}/pause")
    assert authors(reconciler, applied) == {"app/payroll job.enabled": None, "": ""}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"kind": "status", "status": 403, "code": "Authorization_RequestDenied"}, "it needs AuditLog.Read.All"),
        ({"kind": "status", "status": 429, "retryAfter": "3600"}, "the budget"),
        ({"kind": "wrongJson"}, "wrong shape"),
    ],
    ids=["forbidden", "throttled", "malformed"],
)
def test_a_log_that_cannot_be_read_is_said_and_changes_no_exit_code(
    reconciler: Reconciler, applied: Path, rule: dict[str, object], why: str
) -> None:
    ada = Portal(applied, ADA)
    ada.call("POST", f"{ada.job('Payroll')}/pause")
    ada.call("POST", "/emulator/faults", {"rules": [{**rule, "path": "directoryAudits"}]})
    found = authors(reconciler, applied)
    assert found["app/payroll job.enabled"] is None
    assert why in found[""]
    ran = reconciler("drift", applied)
    assert ran.code == ExitCode.CHANGES
    assert "Who changed it is not known: " in ran.out


def test_the_first_drift_of_a_newcomer_names_who_and_when(reconciler: Reconciler, contoso: Path) -> None:
    words = " ".join(reconciler("drift", contoso).out.split())
    assert "- agent/lon-2 changed by dennis.ritchie@contoso.com on 2026-06-18 21:49 UTC" in words
    assert '"HR" → "Human Resources" changed by joan.clarke@contoso.com on 2026-05-04 07:55 UTC' in words
    assert "false → true changed by Onboarding script on 2026-07-01 06:30 UTC" in words
