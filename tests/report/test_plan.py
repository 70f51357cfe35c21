"""The plan: the first thing that a person sees, and what they decide by."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.place import Place
from reconciler.model.plan import Action, Budget, Fewest, GuardResult, PlannedStep, Ruling, Unverifiable, Verdict
from reconciler.model.steps import CreateGroup
from reconciler.report.plan import plan_json, plan_text
from reconciler.report.terminal import Terminal
from tests.report.goldens import matches
from tests.report.plans import FINANCE, FLOOR, HR, LEDGER, LON, PROTECT, change, contoso, empty, field

ANSI = re.compile(r"\x1b\[[0-9;]*m")
LAST_LINE = re.compile(
    r"Plan: \d+ to add, \d+ to change, \d+ to move, \d+ to remove\. (?:About \d+|0) API calls? \(\d+ of them writes\), "
    r"about [^(]+ \([^)]+ of it settling\)\. Guard: (pass|refused|acknowledged)"
    r"( \(fewest active agents at any step: group/\S+ \d+ of \d+\))?\."
)


def last(text: str) -> str:
    return text.rstrip("\n").rpartition("\n")[2]


def test_a_plan_reads_well(regenerate: bool) -> None:
    matches("plan.txt", plan_text(contoso(), Terminal(80)), regenerate)


def test_a_plan_that_a_guard_refuses_says_what_would_allow_it(regenerate: bool) -> None:
    matches("plan-refused.txt", plan_text(contoso(PROTECT, FLOOR), Terminal(80)), regenerate)


def test_a_plan_with_its_steps(regenerate: bool) -> None:
    matches("plan-steps.txt", plan_text(contoso(), Terminal(100), steps=True), regenerate)


def test_a_plan_fits_a_narrow_terminal(regenerate: bool) -> None:
    matches("plan-40.txt", plan_text(contoso(PROTECT, FLOOR), Terminal(40)), regenerate)


def test_an_empty_plan_says_so(regenerate: bool) -> None:
    matches("plan-empty.txt", plan_text(empty(), Terminal(80)), regenerate)


@pytest.mark.parametrize("plan", [empty(), contoso(), contoso(PROTECT)])
def test_the_last_line_has_one_form_always(plan: object) -> None:
    assert LAST_LINE.fullmatch(last(plan_text(plan, Terminal(40), steps=True)))


def test_the_last_line_word_for_word() -> None:
    things = [group(f"g{n}") for n in range(7)]
    actions = [Action.ADD] * 2 + [Action.CHANGE] * 3 + [Action.MOVE] + [Action.REMOVE]
    plan = replace(
        contoso(),
        changes=(*(change(thing, action) for thing, action in zip(things, actions, strict=True)), LON),
        budget=Budget(31, 9, 1241.0, 1200.0),
        verdict=Verdict((), Fewest(group("hr"), 3, 3)),
    )
    assert last(plan_text(plan, Terminal())) == (
        "Plan: 2 to add, 3 to change, 1 to move, 1 to remove. About 31 API calls (9 of them writes), "
        "about 21 min (20 min of it settling). Guard: pass (fewest active agents at any step: group/hr 3 of 3)."
    )


def test_what_nobody_manages_is_told_by_name_and_by_id_where_a_name_is_missing_or_not_enough() -> None:
    text = plan_text(contoso(), Terminal(200))
    first, second, third = (f"id:8832388f-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
    assert "\n  agent  id:a1\n" in text
    assert f'\n  group  "Print servers", "Test" ({second}), "Test" ({third})\n' in text
    assert first not in text
    assert json.loads(plan_json(replace(contoso(), steps=())))["names"][f"group/{first}"] == "Print servers"


def test_the_last_line_names_apps_that_nobody_serves_for_a_while() -> None:
    fewest = Fewest(group("hr"), 0, 3, (app("p"),))
    one, two = (
        replace(contoso(), verdict=Verdict((), found))
        for found in (fewest, replace(fewest, interrupted=(app("p"), app("q"))))
    )
    assert last(plan_text(one, Terminal())).endswith(
        "Guard: pass (fewest active agents at any step: 0 of 3, for app/p while it moves)."
    )
    assert last(plan_text(two, Terminal())).endswith("0 of 3, for app/p, app/q while they move).")


def test_colour_only_adds_to_the_text() -> None:
    plan = contoso(PROTECT, FLOOR)
    colored = plan_text(plan, Terminal(80, color=True), steps=True)
    assert ANSI.search(colored)
    assert ANSI.sub("", colored) == plan_text(plan, Terminal(80), steps=True)


@pytest.mark.parametrize("columns", [80, 100])
def test_lines_fit_where_words_allow(columns: int) -> None:
    lines = plan_text(contoso(PROTECT), Terminal(columns), steps=True).splitlines()[:-1]
    assert [line for line in lines if len(line) > columns] == [
        line for line in lines if "sha256:" in line and len(line) > columns
    ]


def test_a_refused_change_is_marked_where_it_stands_and_the_command_names_each_once() -> None:
    twice = replace(PROTECT, guard="interruption")
    text = plan_text(contoso(PROTECT, twice), Terminal(80), command="reconciler apply prod")
    assert "    ! needs an acknowledgement: --ack app/ledger-sql\n" in text
    assert "    reconciler apply prod --ack app/ledger-sql\n" in text
    assert f'change: "{LEDGER.digest}"' in text


def test_what_somebody_accepted_is_noted_and_not_asked_again() -> None:
    text = plan_text(contoso(replace(PROTECT, ruling=Ruling.ACKNOWLEDGED)), Terminal(80))
    assert "acknowledged: app/ledger-sql is protected" in text
    assert "--ack" not in text
    assert "Guard: acknowledged" in last(text)


def test_a_refusal_that_nobody_can_accept_offers_no_acknowledgement() -> None:
    impossible = GuardResult("order", Ruling.REFUSED, "no order keeps app/hr-sql served", measured="0", limit="1")
    text = plan_text(contoso(impossible), Terminal(80))
    assert "! order: no order keeps app/hr-sql served" in text
    assert "--ack" not in text


def test_a_blocked_change_is_listed_and_not_counted() -> None:
    text = plan_text(replace(empty(), changes=(LON,)), Terminal(80))
    assert "blocked: install the agent on prov-lon-3.contoso.local" in text
    assert last(text).startswith("Plan: 0 to add")
    assert "as the spec says" not in text


def test_blocked_changes_stand_apart() -> None:
    other = replace(LON, address=agent("lon-2"))
    text = plan_text(replace(empty(), changes=(LON, other)), Terminal(100))
    assert "Administrator\n\n+ agent/lon-2" in text


def test_drift_is_told_from_pending_in_every_field() -> None:
    text = plan_text(replace(contoso(), changes=(HR, LEDGER, FINANCE)), Terminal(100))
    assert '=Append([givenName], [surname]) → =Join(" ", [givenName], [surname])  (drift)' in " ".join(
        text.split()
    ).replace(" (drift)", "  (drift)")
    assert "false → true  (drift, and the spec moved on)" in text
    assert '"FIN" → "Finance"\n' in text


def test_a_failed_read_is_told_once_by_its_cause_and_never_in_sync() -> None:
    failed = Unreadable(Reason.FAILED, "403 Forbidden at GET /agents")
    unknown = tuple(Unverifiable(app(key), part, failed) for key in ("a", "b") for part in ("group", "job.enabled"))
    text = plan_text(replace(empty(), unverifiable=unknown), Terminal(80))
    assert text.count("403 Forbidden") == 1
    assert "leaves 4 fields unknown: app/a, app/b" in text
    assert "No change is known, because the service could not be read completely." in text


def test_what_is_unknown_by_nature_takes_one_line_for_many_things() -> None:
    text = plan_text(contoso(), Terminal(80))
    assert text.count("connector.secretToken of 6 apps: the service never shows it") == 1


def test_one_unknown_thing_is_named_on_its_line() -> None:
    unknown = (Unverifiable(app("a"), "connector.secretToken", Unreadable(Reason.MASKED)),)
    text = plan_text(replace(empty(), unverifiable=unknown), Terminal(80))
    assert "? app/a  connector.secretToken: the service never shows it\n" in text


def test_the_document_is_json_in_ascii() -> None:
    plan = replace(contoso(PROTECT), steps=(PlannedStep("s1", CreateGroup(group("x"), "東京\x9b2J")),))
    text = plan_json(plan)
    assert text.isascii()
    assert json.loads(text)["version"] == 1


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from('\x1b\x9b\n\r\t\u202e\u2028\u200f\ud800"'), st.characters()), max_size=30
)
KEYS = HOSTILE.map(lambda text: f"k{text}")


@given(KEYS, HOSTILE, HOSTILE, st.integers(40, 120))
def test_no_control_character_of_a_name_reaches_the_text(key: str, name: str, other: str, columns: int) -> None:
    thing = Address(Kind.GROUP, key)
    place = Place(other or "f", 1, 1, 1, 2)
    fields = (field(name or "f", name, other, place=place), field("lines", None, None, name, other))
    refused = GuardResult(name, Ruling.REFUSED, other, name, other, ((thing, other),))
    plan = replace(
        contoso(refused),
        service=name,
        tenant_id=other,
        changes=(
            change(thing, Action.CHANGE, *fields, reason=name, blocked=other, place=place),
            change(thing, Action.ADD, *fields, reason=name),
        ),
        steps=(PlannedStep(key, CreateGroup(thing, name)),),
        unverifiable=(
            Unverifiable(thing, name, Unreadable(Reason.FAILED, other)),
            Unverifiable(agent(key), name, Unreadable(Reason.MASKED)),
        ),
        unmanaged=(thing,),
        names={thing: other},
        notes=(name,),
        digest=other,
    )
    text = plan_text(plan, Terminal(columns), steps=True)
    assert all(letter == "\n" or letter.isprintable() for letter in text)
