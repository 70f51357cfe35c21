"""One comment in a pull request: found by its marker and its author, written in place, whatever happens meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler
from tests.forge.hub import BOT, TOKEN, Hub, refusal


def bodies(hub: Hub) -> list[str]:
    return [note["body"] for note in hub.comments.values()]


def test_it_is_made_once_and_then_written_in_place(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    made = reconciler("publish", "comment", "--file", report)
    assert made.out == f"comment created: {hub.base}/contoso/entra/pull/7#issuecomment-101\n"
    report.write_text("## Plan: 2 to add\n", encoding="utf-8")
    updated = reconciler("publish", "comment", "--file", report)
    assert updated.out.startswith("comment updated: ")
    (body,) = bodies(hub)
    marker, now, *_ = body.splitlines()
    assert (marker, now) == ("<!-- reconciler:comment reconciler -->", "## Plan: 2 to add")
    assert body.index("<details><summary>Older, until ") < body.index("## Plan: 1 to add")


def test_what_says_the_same_is_not_written_again(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    reconciler("publish", "comment", "--file", report)
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.out.startswith("comment unchanged: ")
    assert [call for call in hub.calls if not call.startswith("GET")] == ["POST /issues/7/comments"]


def test_each_name_has_a_comment_of_its_own(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    for name in ("contoso", "fabrikam", "contoso"):
        assert reconciler("publish", "comment", "--file", report, "--name", name).code == 0
    assert len(bodies(hub)) == 2


def test_it_is_found_on_a_later_page(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    hub.most_a_page = 2
    for number in range(5):
        hub.note(f"looks good {number}", "ada")
    reconciler("publish", "comment", "--file", report)
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.out.startswith("comment unchanged: ")
    assert len(bodies(hub)) == 6


def test_a_marker_that_somebody_else_wrote_is_not_ours(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    forged = hub.note("<!-- reconciler:comment reconciler -->\nAll is well.", "mallory")
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment created: ")
    assert forged["body"].endswith("All is well.")


def test_a_comment_whose_marker_was_edited_away_is_left_alone(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    reconciler("publish", "comment", "--file", report)
    next(iter(hub.comments.values()))["body"] = "edited"
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment created: ")
    assert bodies(hub)[0] == "edited"


def test_an_edited_comment_is_written_over_and_what_it_said_is_kept(
    reconciler: Reconciler, hub: Hub, report: Path
) -> None:
    reconciler("publish", "comment", "--file", report)
    note = next(iter(hub.comments.values()))
    note["body"] = note["body"].replace("1 to add", "nothing to see").replace("\n", "\r\n")
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment updated: ")
    assert note["body"].splitlines()[1] == "## Plan: 1 to add"
    assert "nothing to see" in note["body"]


def test_a_comment_that_is_deleted_between_look_and_write_is_made_anew(
    reconciler: Reconciler, hub: Hub, report: Path
) -> None:
    reconciler("publish", "comment", "--file", report)
    report.write_text("## Plan: 2 to add\n", encoding="utf-8")

    def deleted(hub: Hub, request: object) -> None:
        hub.comments.clear()

    hub.faults = [None, deleted]
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment created: ")
    assert len(bodies(hub)) == 1


def test_a_comment_that_was_made_without_an_answer_is_not_made_twice(
    reconciler: Reconciler, hub: Hub, report: Path
) -> None:
    def lost(hub: Hub, request: object) -> object:
        hub.note("<!-- reconciler:comment reconciler -->\n## Plan: 1 to add")
        return refusal(502, "Server Error")

    hub.faults = [None, lost]
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment unchanged: ")
    assert len(bodies(hub)) == 1


def test_what_never_gets_an_answer_ends_with_an_error(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    def fails(hub: Hub, request: object) -> object:
        return refusal(500, "Server Error") if request.method == "POST" else None

    hub.faults = [fails] * 6
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == ExitCode.ERROR
    assert "GitHub refuses POST /repos/contoso/entra/issues/7/comments with 500: Server Error" in ran.err
    assert hub.calls.count("POST /issues/7/comments") == 3


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, "Bad credentials", "GITHUB_TOKEN is missing, wrong or expired"),
        (403, "Resource not accessible by integration", "pull-requests: write"),
        (404, "Not Found", "may the token see this repository"),
        (410, "This issue was deleted", "issues are switched off"),
        (422, "Validation Failed", "GitHub does not take what was sent"),
    ],
)
def test_each_refusal_says_what_to_do(
    reconciler: Reconciler, hub: Hub, report: Path, status: int, message: str, hint: str
) -> None:
    hub.faults = [lambda hub, request: refusal(status, message)] * 3
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == ExitCode.ERROR
    assert f"GitHub refuses GET /repos/contoso/entra/issues/7/comments with {status}: {message}" in ran.err
    assert hint in ran.err


def test_the_errors_of_a_refusal_are_told_and_cannot_paint_the_terminal(
    reconciler: Reconciler, hub: Hub, report: Path
) -> None:
    errors = ["locked\x1b[31m", {"resource": "IssueComment", "code": "invalid", "field": "body"}, {"message": "no"}, 7]
    hub.faults = [None, lambda hub, request: refusal(422, "Validation Failed", errors=errors)]
    ran = reconciler("publish", "comment", "--file", report)
    assert "Validation Failed; locked\\x1b[31m; IssueComment body invalid; no" in ran.err
    assert "\x1b" not in ran.err


def test_a_limit_is_waited_for(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    hub.faults = [
        lambda hub, request: refusal(403, "You have exceeded a secondary rate limit", {"Retry-After": "0"}),
        lambda hub, request: refusal(429, "Too many requests", {"Retry-After": "0"}),
    ]
    assert reconciler("publish", "comment", "--file", report).out.startswith("comment created: ")


def test_a_limit_that_lasts_too_long_is_told(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    hub.faults = [lambda hub, request: refusal(429, "Too many requests", {"Retry-After": "3600"})]
    ran = reconciler("publish", "comment", "--file", report, "--time-limit", "5")
    assert ran.code == ExitCode.ERROR
    assert "GitHub limits how much this token may ask for 3600 s more" in ran.err


def test_the_token_is_in_one_header_and_in_no_message(
    reconciler: Reconciler, hub: Hub, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.faults = [lambda hub, request: refusal(403, f"what a token: {TOKEN}")]
    ran = reconciler("publish", "comment", "--file", report)
    assert "what a token: ***" in ran.err
    assert TOKEN not in ran.out + ran.err
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert TOKEN not in reconciler("publish", "comment", "--help").out


def test_a_link_that_leaves_github_is_not_followed(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    link = {"Link": '<http://127.0.0.1:9/repos/contoso/entra/issues/7/comments?page=2>; rel="next"'}
    from starlette.responses import JSONResponse

    hub.faults = [lambda hub, request: JSONResponse([], headers=link)]
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == ExitCode.ERROR
    assert "a link to the next page of GitHub leads to http://127.0.0.1, and was not followed" in ran.err
    assert len(hub.calls) == 1


def test_a_long_report_is_cut_so_that_github_takes_it(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    report.write_text("a line of the plan\n" * 5_000, encoding="utf-8")
    assert reconciler("publish", "comment", "--file", report).code == 0
    (body,) = bodies(hub)
    assert "more characters found no room here" in body


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("GITHUB_TOKEN", "", "GITHUB_TOKEN is not set"),
        ("GITHUB_TOKEN", "a\x01b", "GITHUB_TOKEN holds what no token holds"),
        ("GITHUB_REPOSITORY", "", "no repository is named"),
        ("GITHUB_REPOSITORY", "contoso/entra/../other", "is no repository"),
        ("GITHUB_EVENT_PATH", "", "no pull request is named"),
        ("GITHUB_API_URL", "http://github.example", "is no place to send a token to"),
        ("GITHUB_API_URL", "https://[", "is no place to send a token to"),
    ],
)
def test_what_the_environment_lacks_is_named_and_nothing_is_sent(
    reconciler: Reconciler,
    hub: Hub,
    report: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setenv(variable, value)
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == ExitCode.USAGE
    assert words in ran.err
    assert hub.calls == []


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        ({"issue": {"number": 12}}, 0, ""),
        ({"issue": {"number": True}}, ExitCode.USAGE, "is none of a pull request"),
        ({"ref": "refs/heads/main"}, ExitCode.USAGE, "is none of a pull request"),
        ([], ExitCode.USAGE, "is none of a pull request"),
        ("{", ExitCode.ERROR, "is no event"),
        (None, ExitCode.ERROR, "cannot be read"),
    ],
)
def test_the_event_names_the_pull_request(
    reconciler: Reconciler,
    hub: Hub,
    report: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    event: object,
    code: int,
    words: str,
) -> None:
    file = tmp_path / "other.json"
    if event is not None:
        file.write_text(event if isinstance(event, str) else json.dumps(event))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == code
    assert words in ran.err
    assert [note["number"] for note in hub.comments.values()] == ([12] if code == 0 else [])


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (" \n", "is empty, so nothing was published")]
)
def test_nothing_is_published_where_there_is_nothing(
    reconciler: Reconciler, hub: Hub, report: Path, content: str | None, words: str
) -> None:
    report.unlink()
    if content is not None:
        report.write_text(content)
    ran = reconciler("publish", "comment", "--file", report)
    assert ran.code == ExitCode.ERROR
    assert words in ran.err
    assert hub.calls == []


def test_a_name_that_could_end_the_marker_is_refused(reconciler: Reconciler, hub: Hub, report: Path) -> None:
    ran = reconciler("publish", "comment", "--file", report, "--name", "a --> b")
    assert ran.code == ExitCode.USAGE


def test_options_stand_in_for_the_environment(
    reconciler: Reconciler, hub: Hub, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY")
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    hub.author = "ada"
    words = ("publish", "comment", "--file", report, "--repository", "contoso/entra", "--number", "9")
    for done in ("created", "unchanged"):
        assert reconciler(*words, "--author", "ada").out.startswith(f"comment {done}: ")
    assert BOT not in {note["user"]["login"] for note in hub.comments.values()}
