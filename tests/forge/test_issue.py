"""One issue a tenant: made where there is drift, updated in place, closed when all is clean, opened again when not."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ExitCode
from tests.conftest import Ran, Reconciler
from tests.forge.hub import Hub, refusal

LABEL = ["reconciler"]


def publish(reconciler: Reconciler, report: Path, code: int, *words: str) -> Ran:
    return reconciler("publish", "issue", "--file", report, "--name", "contoso", "--exit-code", str(code), *words)


def test_its_whole_life(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    assert publish(reconciler, report, 0).out == "issue nothing to close\n"
    assert publish(reconciler, report, 2).out == f"issue created: {hub.base}/contoso/entra/issues/101\n"
    (issue,) = hub.issues.values()
    assert (issue["title"], issue["state"], issue["labels"]) == ("Drift: contoso", "open", [{"name": "reconciler"}])
    assert publish(reconciler, report, 2).out.startswith("issue unchanged: ")
    report.write_text("two things drifted", encoding="utf-8")
    assert publish(reconciler, report, 2).out.startswith("issue updated: ")
    assert issue["body"] == "<!-- reconciler:issue contoso -->\ntwo things drifted"
    report.write_text("in sync", encoding="utf-8")
    assert publish(reconciler, report, 0).out.startswith("issue closed: ")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert publish(reconciler, report, 0).out.startswith("issue nothing to close: ")
    assert publish(reconciler, report, 2).out.startswith("issue reopened: ")
    assert issue["state"] == "open"
    assert len(hub.issues) == 1


def test_what_could_not_be_read_keeps_it_open(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    publish(reconciler, report, 2)
    report.write_text("a surface could not be read", encoding="utf-8")
    assert publish(reconciler, report, ExitCode.UNREADABLE).out.startswith("issue updated: ")
    assert next(iter(hub.issues.values()))["state"] == "open"


def test_issues_of_others_and_of_other_tenants_are_left_alone(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    marker = "<!-- reconciler:issue contoso -->\n"
    hub.open_issue("forged", marker, LABEL, "mallory")
    hub.open_issue("other", "<!-- reconciler:issue fabrikam -->\n", LABEL)
    hub.open_issue("a pull request", marker, LABEL)["pull_request"] = {"url": ""}
    before = [dict(issue) for issue in hub.issues.values()]
    assert publish(reconciler, report, 2).out.startswith("issue created: ")
    assert publish(reconciler, report, 0).out.startswith("issue closed: ")
    assert list(hub.issues.values())[:3] == before


def test_of_several_the_open_one_is_written(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    hub.most_a_page = 1
    marker = "<!-- reconciler:issue contoso -->\n"
    first, opened, last = (hub.open_issue(title, marker, LABEL) for title in ("first", "open", "last"))
    first["state"] = last["state"] = "closed"
    assert publish(reconciler, report, 2).out.endswith(f"issues/{opened['number']}\n")


def test_the_title_and_the_label_can_be_chosen(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    for done in ("created", "unchanged"):
        ran = publish(reconciler, report, 2, "--title", "Somebody was here", "--label", "drift & more")
        assert ran.out.startswith(f"issue {done}: ")
    (issue,) = hub.issues.values()
    assert (issue["title"], issue["labels"]) == ("Somebody was here", [{"name": "drift & more"}])


def test_an_issue_that_is_deleted_meanwhile_is_made_anew(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    publish(reconciler, report, 2)
    report.write_text("more drift", encoding="utf-8")

    def deleted(hub: Hub, request: object) -> None:
        hub.issues.clear()

    hub.faults = [None, deleted]
    assert publish(reconciler, report, 2).out.startswith("issue created: ")


def test_where_issues_are_switched_off_that_is_told(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    hub.faults = [lambda hub, request: refusal(410, "Issues are disabled for this repo")] * 3
    ran = publish(reconciler, report, 2)
    assert ran.code == ExitCode.ERROR
    assert "issues are switched off" in ran.err
