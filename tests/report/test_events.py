"""What happens during an apply, as lines and as a live view."""

import io
import re
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.address import group
from reconciler.model.events import (
    ApplyEnded,
    ApplyStarted,
    CallMade,
    Event,
    Held,
    Recovered,
    StepDone,
    StepFailed,
    StepSent,
    StepSkipped,
    StepStarted,
    Waiting,
)
from reconciler.model.finding import Finding
from reconciler.model.plan import PlannedStep
from reconciler.model.steps import CreateGroup
from reconciler.report.events import PlainEvents
from reconciler.report.live import LiveEvents
from reconciler.report.terminal import Terminal
from tests.report.goldens import matches
from tests.report.plans import STEPS

REFUSAL = Finding("EPR451", "the service refused: 403 Forbidden", hint="sign in as [bold]somebody[/bold] who may")
RUN: list[Event] = [
    ApplyStarted(11),
    Recovered(STEPS[4], done=True),
    Recovered(STEPS[7], done=False),
    StepStarted(STEPS[0]),
    StepStarted(STEPS[1]),
    StepSent(STEPS[0]),
    StepDone(STEPS[0]),
    Held(3.0, "the service answered 429 TooManyRequests", "agentGroups"),
    StepFailed(STEPS[1], REFUSAL),
    StepStarted(STEPS[5]),
    Waiting(STEPS[5], 1200.0),
    Waiting(STEPS[5], 1190.0),
    Waiting(STEPS[5], 1140.0),
    StepDone(STEPS[5]),
    StepSkipped(STEPS[9], "s9 failed"),
    ApplyEnded(2, 1, 1),
]


def lines(*events: Event, verbose: bool = False, columns: int = 80, color: bool = False) -> list[str]:
    plain = PlainEvents(Terminal(columns, color), verbose)
    return [line for event in events for line in plain.lines(event)]


def test_a_run_reads_well_in_a_log(regenerate: bool) -> None:
    matches("events.txt", "\n".join(lines(*RUN)) + "\n", regenerate)


def test_a_cause_that_was_told_already_is_not_told_again() -> None:
    told = lines(ApplyStarted(2), StepFailed(STEPS[1], REFUSAL), StepFailed(STEPS[2], None), columns=120)
    assert [line.split()[0] for line in told if "EPR451" in line] == ["error"]
    assert told[-1] == "[2/2] failed  add agent/ams-3 to group/plant"


def test_a_verbose_run_tells_every_call(regenerate: bool) -> None:
    matches("events-verbose.txt", "\n".join(lines(*RUN, verbose=True)) + "\n", regenerate)


def test_a_call_is_one_line_however_long_and_only_told_when_verbose() -> None:
    path = "/servicePrincipals?$filter=" + "x" * 200
    batch = CallMade("POST", "/$batch", 200, 0.0123, "1-2", items=("GET /a", "GET /b"))
    failed = CallMade("GET", path, 0, 1.5, why="the service did not answer in time")
    assert lines(batch, failed) == []
    assert lines(batch, failed, verbose=True) == [
        "call    POST /$batch  200 in 12 ms  request-id 1-2",
        "        GET /a",
        "        GET /b",
        f"call    GET {path}  the service did not answer in time in 1500 ms",
    ]


def test_a_long_wait_is_told_at_its_start_and_about_once_a_minute() -> None:
    told = lines(ApplyStarted(1), *(Waiting(STEPS[5], float(left)) for left in range(1200, 0, -5)))
    assert len([line for line in told if line.startswith("settle")]) == 20


def test_a_run_that_did_everything_is_applied() -> None:
    assert lines(ApplyEnded(3, 0, 0)) == ["Applied: 3 done, 0 failed, 0 skipped."]
    assert lines(ApplyEnded(3, 0, 1)) == ["Partly applied: 3 done, 0 failed, 1 skipped."]


def test_colour_only_adds_to_the_lines() -> None:
    colored = lines(*RUN, verbose=True, color=True)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in colored] == lines(*RUN, verbose=True)


def live(*events: Event, columns: int = 80) -> str:
    stream = io.StringIO()
    with LiveEvents(Terminal(columns), stream, refresh=False) as view:
        for event in events:
            view(event)
    return stream.getvalue()


def test_a_live_view_shows_what_ended_word_for_word() -> None:
    shown = live(*RUN)
    assert '[ 1/11] done    create group/plant, named "Plant floor"' in shown
    assert "sign in as [bold]somebody[/bold] who may" in shown
    assert "Partly applied: 2 done, 1 failed, 1 skipped." in shown


def test_a_live_view_shows_what_runs_and_how_long_a_wait_still_takes() -> None:
    shown = live(*RUN[:-3])
    assert "2 of 11 steps" in shown
    assert "19 min left: wait up to 2 s" in shown


def test_a_live_view_moves_nothing_while_a_person_may_be_typing_an_answer() -> None:
    before = (Recovered(STEPS[4], done=True), Held(3.0, "the service answered 429 TooManyRequests", "agentGroups"))
    assert "\x1b" not in live(*before)
    assert "wait    3 s" in live(*before)
    assert "\x1b" in live(*before, ApplyStarted(11))


HOSTILE = st.text(alphabet=st.one_of(st.sampled_from("\x1b\x9b\n\r\u202e\u2028\ud800["), st.characters()), max_size=30)


@given(HOSTILE, HOSTILE)
def test_no_control_character_of_a_name_reaches_a_log(name: str, reason: str) -> None:
    step = PlannedStep("s1", CreateGroup(group("x"), name))
    run = [StepStarted(step), StepSent(step), StepFailed(step, Finding("EPR451", reason)), StepSkipped(step, reason)]
    assert all(line.isprintable() for line in lines(ApplyStarted(1), *run, verbose=True))


def test_a_live_view_escapes_names_and_reads_none_as_markup() -> None:
    step = PlannedStep("s1", CreateGroup(group("x"), "[red]a\x9b2Jb\u202e"))
    shown = live(ApplyStarted(1), StepStarted(step), StepDone(step))
    assert r"[red]a\x9b2Jb\u202e" in shown
    assert "\x9b" not in shown


def test_rich_is_imported_by_the_live_view_alone() -> None:
    code = "import sys, reconciler.report.live, reconciler.report.plan, reconciler.report.drift; print('rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
