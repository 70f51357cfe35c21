"""A job lives as the pages say: states, quarantine, and who owes an initial cycle."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from reconciler.emulator.synchronization.lifecycle import (
    INITIAL_CYCLE,
    Job,
    Quarantine,
    ScheduleState,
    StatusCode,
    job_entity,
    paused,
    restarted,
    saved,
    started,
    status_code,
    wire_time,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEW = Job("scim.0123.a", "scim")


def running() -> Job:
    return started(NEW, "activity-1", NOW, configured=True)


def code(job: Job, at: datetime = NOW, *, configured: bool = True) -> StatusCode:
    return status_code(job, at, configured=configured)


def test_a_new_job_is_shown_with_the_documented_values() -> None:
    shown = job_entity(NEW, NOW, configured=False)
    status = shown["status"]
    assert isinstance(status, dict)
    assert shown["schedule"] == {"expiration": None, "interval": "P10675199DT2H48M5.4775807S", "state": "Disabled"}
    assert status["code"] == "NotConfigured"
    assert status["steadyStateFirstAchievedTime"] == "0001-01-01T00:00:00Z"
    assert status["lastExecution"] is None
    assert status["quarantine"] is None


def test_a_job_with_credentials_that_never_ran_says_so() -> None:
    assert code(NEW, configured=True) is StatusCode.NOT_RUN


def test_the_first_start_makes_an_initial_cycle_every_forty_minutes() -> None:
    shown = job_entity(running(), NOW + INITIAL_CYCLE, configured=True)
    status, schedule = shown["status"], shown["schedule"]
    assert isinstance(status, dict)
    assert schedule == {"expiration": None, "interval": "PT40M", "state": "Active"}
    assert running().initial_cycles == 1
    assert status["lastExecution"]["timeBegan"] == "2026-11-24T12:00:00.0000000Z"
    assert status["steadyStateFirstAchievedTime"] == "2026-11-24T12:01:00.0000000Z"


def test_a_started_job_that_was_paused_goes_on_where_it_was() -> None:
    resting = paused(running())
    assert (resting.state, code(resting)) == (ScheduleState.PAUSED, StatusCode.PAUSED)
    assert started(resting, "activity-2", NOW, configured=True) == running()


def test_what_is_saved_while_a_job_runs_begins_a_new_cycle_at_once() -> None:
    later = NOW + timedelta(hours=1)
    again = saved(running(), "activity-2", later)
    assert again.initial_cycles == 2
    status = job_entity(again, later, configured=True)["status"]
    assert isinstance(status, dict)
    assert status["lastExecution"]["timeBegan"] == wire_time(later)
    assert status["steadyStateFirstAchievedTime"] == "0001-01-01T00:00:00Z"


def test_what_is_saved_while_a_job_rests_is_owed_until_it_is_started() -> None:
    owing = saved(saved(paused(running()), "activity-2", NOW), "activity-3", NOW)
    assert owing.initial_cycles == 1
    assert started(owing, "activity-4", NOW, configured=True).initial_cycles == 2


def test_a_start_without_credentials_is_taken_and_ends_in_quarantine() -> None:
    job = started(NEW, "activity-1", NOW, configured=False)
    shown = job_entity(job, NOW, configured=False)
    status = shown["status"]
    assert isinstance(status, dict)
    assert job.state is ScheduleState.ACTIVE
    assert status["code"] == "Quarantine"
    assert status["quarantine"]["reason"] == "EncounteredQuarantineException"
    assert status["quarantine"]["error"]["message"] == "Please provide a valid tenant URL for your application."
    assert status["lastExecution"]["state"] == "Failed"


def test_mended_credentials_count_from_the_next_attempt_on() -> None:
    job = started(NEW, "activity-1", NOW, configured=False)
    assert code(job, NOW + timedelta(minutes=4)) is StatusCode.QUARANTINE
    assert code(job, NOW + timedelta(minutes=5)) is StatusCode.ACTIVE
    assert code(job, NOW + timedelta(minutes=5), configured=False) is StatusCode.QUARANTINE


QUARANTINED = replace(running(), quarantine=Quarantine(NOW, "TooManyDeletes", "TooManyDeletes", "500 deletes"))


@pytest.mark.parametrize(
    ("scopes", "cycles", "after"),
    [
        (frozenset(), 2, StatusCode.ACTIVE),
        (frozenset({"Full"}), 2, StatusCode.ACTIVE),
        (frozenset({"Watermark"}), 2, StatusCode.QUARANTINE),
        (frozenset({"QuarantineState"}), 1, StatusCode.ACTIVE),
        (frozenset({"Escrows"}), 1, StatusCode.QUARANTINE),
        (frozenset({"Watermark", "QuarantineState"}), 2, StatusCode.ACTIVE),
        (frozenset({"ForceDeletes"}), 1, StatusCode.QUARANTINE),
    ],
)
def test_a_restart_resets_what_its_scope_names(scopes: frozenset[str], cycles: int, after: StatusCode) -> None:
    job = restarted(QUARANTINED, scopes, "activity-2", NOW, configured=True)
    assert (job.initial_cycles, code(job)) == (cycles, after)


def test_time_alone_does_not_lift_another_quarantine() -> None:
    assert code(QUARANTINED, NOW + timedelta(days=2)) is StatusCode.QUARANTINE
    assert code(started(QUARANTINED, "activity-2", NOW, configured=True)) is StatusCode.ACTIVE
