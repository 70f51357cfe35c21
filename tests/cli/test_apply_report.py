"""The page about an apply, for the summary of a run: what was done, what failed and what is left, however it ended."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Ran, Reconciler


@pytest.fixture
def minimal(tmp_path: Path) -> Path:
    """The minimal example, which waits for nothing."""
    ignored = shutil.ignore_patterns(".reconciler")
    spec = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal", ignore=ignored))
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    return spec


def applied(reconciler: Reconciler, spec: Path, *words: str, form: str = "markdown") -> Ran:
    return reconciler("apply", spec, "--yes", "--quiet", "--format", form, *words)


def faulty(spec: Path, fault: dict[str, Any]) -> None:
    """Let calls of the service go wrong."""
    seed = json.loads((spec / "live.seed.json").read_text(encoding="utf-8"))
    seed["faults"] = [fault]
    (spec / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")


class Somebody(io.StringIO):
    """A person at a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_what_was_done_is_told_and_then_that_nothing_is_left(reconciler: Reconciler, minimal: Path) -> None:
    ran = applied(reconciler, minimal)
    assert ran.code == ExitCode.DONE
    first, _, folded = ran.out.partition("<details>")
    assert first.startswith("## Apply: done, the service is as the spec says\n\n**")
    assert " steps done, 0 failed, 0 skipped.**" in first
    assert "What was done:" in first
    assert "| `+` | `app/payroll` |" in first
    assert "done     start the job of app/payroll" in folded
    again = applied(reconciler, minimal)
    assert again.code == ExitCode.DONE
    assert again.out.startswith("## Apply: nothing to do\n")


def test_what_is_blocked_is_told_with_what_somebody_has_to_do(reconciler: Reconciler, minimal: Path) -> None:
    root = minimal / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    more = "  four: {machineName: prov-4.fabrikam.local, egress: isp-b}\n\ngroups:"
    text = text.replace("\ngroups:", more, 1).replace(
        "agents: [one, two, three]", "agents: [one, two, three], standby: [four]"
    )
    root.write_text(text, encoding="utf-8")
    ran = applied(reconciler, minimal)
    assert ran.code == ExitCode.CHANGES
    assert ran.out.startswith("## Apply: done but for 1 blocked change\n")
    assert "- blocked: `agent/four`: " in ran.out.partition("<details>")[0]


def test_a_step_that_failed_is_told_first(reconciler: Reconciler, minimal: Path) -> None:
    faulty(minimal, {"kind": "status", "method": "POST", "path": "/start$", "status": 403})
    ran = applied(reconciler, minimal)
    assert ran.code == ExitCode.PARTLY_APPLIED
    first, _, folded = ran.out.partition("<details>")
    assert " steps done\n" in first.splitlines(keepends=True)[0]
    assert ", 1 failed, 0 skipped.**" in first
    assert "- failed: start the job of `app/payroll`" in first
    assert "403" in first
    assert "What was done:" not in first
    assert "failed   start the job of app/payroll" in folded


def test_what_a_guard_refuses_is_told_with_the_plan(reconciler: Reconciler, contoso: Path) -> None:
    ran = applied(reconciler, contoso)
    assert ran.code == ExitCode.GUARD_REFUSED
    first = ran.out.partition("<details>")[0]
    assert first.startswith("## Apply: stopped\n\n**Stopped: a guard refused this plan, so nothing was applied ")
    assert "`--ack` `app/ledger-sql`" in first
    assert "What the plan was:" in first
    assert "done, 0 failed" not in first


def test_a_faulty_spec_is_told_with_its_faults(reconciler: Reconciler, minimal: Path) -> None:
    (minimal / "extra.yaml").write_text("grops: {}\n", encoding="utf-8")
    ran = applied(reconciler, minimal)
    assert ran.code == ExitCode.ERROR
    assert ran.out.startswith("## Apply: 1 error in 2 files\n\n**Not done: the spec has errors.**")
    assert "`extra.yaml:1:1`" in ran.out


def test_a_service_that_cannot_be_read_is_told_with_the_plan(reconciler: Reconciler, minimal: Path) -> None:
    faulty(minimal, {"kind": "status", "method": "GET", "path": "/synchronization/", "status": 403})
    ran = applied(reconciler, minimal)
    assert ran.code == ExitCode.UNREADABLE
    assert ran.out.startswith("## Apply: stopped\n\n**Stopped: a chosen surface could not be read completely")
    assert "403" in ran.out.partition("<details>")[0]


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_a_person_who_is_asked_sees_the_plan_apart_from_the_result(
    reconciler: Reconciler, minimal: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Somebody("n\n"))
    ran = reconciler("apply", minimal, "--format", form)
    assert ran.code == ExitCode.ERROR
    assert "+ app/payroll" in ran.err
    if form == "json":
        assert json.loads(ran.out)["changes"]
    else:
        assert ran.out.startswith("## Apply: stopped\n\n**Stopped: nobody agreed to this plan")


def test_in_another_form_no_page_is_written(reconciler: Reconciler, contoso: Path) -> None:
    assert applied(reconciler, contoso, form="json").out == ""
    assert "## Apply" not in applied(reconciler, contoso, form="text").out


def test_a_saved_plan_is_shown_as_the_page_that_a_review_reads(reconciler: Reconciler, minimal: Path) -> None:
    file = minimal.parent / "change.plan.json"
    planned = reconciler("plan", minimal, "--format", "markdown", "--out", file)
    shown = reconciler("show", file, "--format", "markdown")
    assert shown.code == ExitCode.DONE
    assert shown.out.splitlines()[:3] == planned.out.splitlines()[:3]
    assert shown.out.splitlines()[-1] == planned.out.splitlines()[-1]
