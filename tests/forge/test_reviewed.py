"""Which plan was reviewed stands in the comment, and `apply --expect` takes it from there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler
from tests.forge.hub import Hub

COMMIT = "c0ffee" + "0" * 34


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """The minimal example, which waits for nothing."""
    copy = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal"))
    root = copy / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    return copy


@pytest.fixture
def reviewed_comment(reconciler: Reconciler, hub: Hub, report: Path, spec: Path, tmp_path: Path) -> Path:
    """The plan of a spec, which pull request 7 shows and which is merged."""
    plan = tmp_path / "plan.json"
    assert reconciler("plan", spec, "--out", plan).code == 0
    assert reconciler("publish", "comment", "--file", report, "--plan", plan).code == 0
    hub.merge(6, "0" * 40)
    hub.merge(7, COMMIT)
    hub.merge(8, COMMIT, merged_at=None)
    return plan


def test_the_merged_plan_is_the_only_one_that_is_applied(
    reconciler: Reconciler, hub: Hub, reviewed_comment: Path, spec: Path, tmp_path: Path
) -> None:
    ran = reconciler("publish", "reviewed")
    plan = json.loads(reviewed_comment.read_text(encoding="utf-8"))
    found = json.loads(ran.out)
    assert found["digest"] == plan["digest"]
    assert [change["digest"] for change in found["changes"]] == [change["digest"] for change in plan["changes"]]
    file = tmp_path / "reviewed.json"
    file.write_text(ran.out, encoding="utf-8")
    root = spec / "reconciler.yaml"
    before = root.read_text(encoding="utf-8")
    root.write_text(before.replace("job: {enabled: true}", "job: {enabled: false}"), encoding="utf-8")
    words = ("apply", spec, "--yes", "--quiet", "--expect", file)
    refused = reconciler(*words)
    assert refused.code == ExitCode.STALE
    assert "app/payroll is another: it was reviewed with other values" in refused.err
    root.write_text(before, encoding="utf-8")
    assert reconciler(*words).code == ExitCode.DONE


def test_a_number_stands_in_for_the_commit(
    reconciler: Reconciler, hub: Hub, reviewed_comment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_SHA")
    assert reconciler("publish", "reviewed", "--number", "7").code == 0
    assert reconciler("publish", "reviewed").code == ExitCode.USAGE


def test_a_commit_that_no_pull_request_brought_was_reviewed_by_nobody(
    reconciler: Reconciler, hub: Hub, reviewed_comment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SHA", "1" * 40)
    ran = reconciler("publish", "reviewed")
    assert ran.code == ExitCode.ERROR
    assert f"no pull request was merged as commit {'1' * 40}" in ran.err


def test_a_pull_request_without_our_comment_has_no_reviewed_plan(
    reconciler: Reconciler, hub: Hub, reviewed_comment: Path
) -> None:
    for note in hub.comments.values():
        note["user"] = {"login": "mallory"}
    ran = reconciler("publish", "reviewed")
    assert ran.code == ExitCode.ERROR
    assert "pull request 7 has no comment 'reconciler' of github-actions[bot]" in ran.err


def test_a_comment_without_a_plan_has_none(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    reconciler("publish", "comment", "--file", report)
    ran = reconciler("publish", "reviewed", "--number", "7")
    assert ran.code == ExitCode.ERROR
    assert "does not say which plan it shows" in ran.err


def test_a_plan_that_was_changed_by_hand_is_not_published(
    reconciler: Reconciler, hub: Hub, report: Path, reviewed_comment: Path
) -> None:
    plan = reviewed_comment.read_text(encoding="utf-8")
    reviewed_comment.write_text(plan.replace('"start": [', '"start": [], "begin": [', 1), encoding="utf-8")
    hub.calls.clear()
    assert reconciler("publish", "comment", "--file", report, "--plan", reviewed_comment).code == ExitCode.ERROR
    assert hub.calls == []
