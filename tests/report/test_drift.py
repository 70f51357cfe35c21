"""Drift: what somebody changed at the service is told apart from what the spec wants next."""

import json

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.address import app
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.drift import drift_of
from reconciler.model.finding import Finding
from reconciler.model.plan import Action, Cause, Unverifiable
from reconciler.report.drift import drift_json, drift_text
from reconciler.report.terminal import Terminal
from tests.report.goldens import matches
from tests.report.plans import HR, LEDGER, LON, PLANT, change, contoso, empty, field

FAILED = Unverifiable(app("crm"), "group", Unreadable(Reason.FAILED, "503 Service Unavailable"))


def test_drift_reads_well(regenerate: bool) -> None:
    plan = replace(contoso(), unverifiable=(*contoso().unverifiable, FAILED))
    matches("drift.txt", drift_text(drift_of(plan, ledger=True), Terminal(80)), regenerate)


def test_drift_fits_a_narrow_terminal(regenerate: bool) -> None:
    matches("drift-40.txt", drift_text(drift_of(contoso(), ledger=True), Terminal(40)), regenerate)


def test_no_drift_is_said_and_counted() -> None:
    assert drift_text(drift_of(empty(), ledger=True), Terminal(80)).endswith(
        "No drift: nobody changed what this repository manages.\n\n"
        "Drift: none. Pending: none. Unverifiable: 0 fields. Failed reads: 0 fields.\n"
    )


def test_each_field_is_drift_or_pending_and_none_is_lost() -> None:
    drift = drift_of(contoso(), ledger=True)
    assert [str(each.address) for each in drift.drift] == ["app/hr-sql", "app/ledger-sql"]
    assert [len(each.fields) for each in drift.drift] == [1, 1]
    fields = sum(len(each.fields) for each in (*drift.drift, *drift.pending))
    both = [part for part in LEDGER.fields if part.cause is Cause.BOTH]
    assert fields == sum(len(each.fields) for each in contoso().changes) + len(both)
    assert LON in drift.pending


def test_a_field_that_moved_on_both_sides_is_drift_and_pending_and_the_counts_say_so() -> None:
    drift = drift_of(replace(empty(), changes=(LEDGER,)), ledger=True)
    assert [each.key for each in drift.drift[0].fields] == ["job.enabled"]
    assert [each.key for each in drift.pending[0].fields] == ["group", "job.enabled"]
    assert (
        drift_text(drift, Terminal(80))
        .splitlines()[-1]
        .startswith("Drift: 1 field of 1 thing. Pending: 2 fields of 1 thing. In both: 1 field. Unverifiable:")
    )


def test_without_a_ledger_every_difference_is_drift_and_the_report_says_so() -> None:
    drift = drift_of(replace(empty(), changes=(PLANT,)), ledger=False)
    assert drift.drift == (PLANT,)
    assert drift.pending == ()
    assert "There is no ledger yet" in drift_text(drift, Terminal(80))


def test_a_failed_read_is_no_drift_and_not_in_sync() -> None:
    drift = drift_of(replace(empty(), unverifiable=(FAILED,)), ledger=True)
    text = drift_text(drift, Terminal(80))
    assert (drift.drift, drift.failed, drift.unverifiable) == ((), (FAILED,), ())
    assert "nobody knows whether they drifted" in text
    assert text.endswith("Failed reads: 1 field.\n")


def test_the_json_document_has_every_part() -> None:
    plan = replace(contoso(), changes=(LEDGER, LON), unverifiable=(FAILED, *contoso().unverifiable))
    document = json.loads(drift_json(drift_of(plan, ledger=True), [Finding("EPR003", "too few")]))
    assert document["version"] == 1
    assert [document["drift"][0][key] for key in ("address", "action", "reason")] == [
        "app/ledger-sql",
        "move",
        "moved in the spec",
    ]
    (mended,) = document["drift"][0]["fields"]
    assert mended == {
        "field": "job.enabled",
        "cause": "both",
        "live": False,
        "spec": True,
        "lines": [],
        "place": None,
        "changedBy": None,
    }
    assert [each["address"] for each in document["pending"]] == ["app/ledger-sql", "agent/lon-3"]
    assert document["failedReads"][0]["detail"] == "503 Service Unavailable"
    assert len(document["unverifiable"]) == len(contoso().unverifiable)
    assert document["findings"][0]["rule"] == "EPR003"


HOSTILE = st.text(alphabet=st.one_of(st.sampled_from("\x1b\x9b\n\r\u202e\u2028\ud800"), st.characters()), max_size=30)


@given(HOSTILE, HOSTILE, st.booleans(), st.integers(40, 120))
def test_no_control_character_of_a_name_reaches_the_output(a: str, b: str, ledger: bool, columns: int) -> None:
    things = (
        change(app(f"k{a}"), Action.CHANGE, field(a or "f", a, b), reason=b),
        change(app(f"l{b}"), Action.ADD, blocked=a),
    )
    plan = replace(contoso(), service=a, changes=things, unverifiable=(replace(FAILED, key=b),))
    drift = drift_of(plan, ledger=ledger)
    text = drift_text(drift, Terminal(columns))
    assert all(letter == "\n" or letter.isprintable() for letter in text)
    assert all(32 <= ord(letter) < 127 or letter == "\n" for letter in drift_json(drift))


def test_hr_has_both_causes() -> None:
    """The goldens above lean on a change with fields of different causes."""
    assert len({each.cause for each in HR.fields}) == 2
