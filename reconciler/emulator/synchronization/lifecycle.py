"""The life of a job: created, started, paused, restarted, in quarantine; pure transitions and what a reader sees.

    created (Disabled, NotConfigured) --start--> Active --pause--> Paused --start--> Active
                                                   |  ^
                             no tenant URL: Quarantine  start, restart, or the next cycle once it is mended

An initial cycle goes over everybody. It begins with the first start, with a restart that forgets the watermark, and
anew with every saved schema or scope; a job that does not run owes it until it is started.
Page: https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from reconciler.emulator.odata import Entity

NEVER = "0001-01-01T00:00:00Z"
"""How the service writes that something has not happened."""

UNSCHEDULED = "P10675199DT2H48M5.4775807S"
"""The interval of a job that never ran: the largest time span of .NET."""

INTERVAL = "PT40M"
"""How often a job runs; it cannot be configured."""

INITIAL_CYCLE = timedelta(minutes=1)
"""How long an initial cycle takes here; of a real one nobody knows beforehand."""

RETRY_AFTER_QUARANTINE = timedelta(minutes=5)
"""When a job in quarantine is tried again for the first time."""

RESET_SCOPES = frozenset(
    ("None", "ConnectorDataStore", "Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes")
)
"""The words of `resetScope`, matched by case."""

_FORGETS = frozenset(("ConnectorDataStore", "Watermark", "Full"))
_FREES = frozenset(("QuarantineState", "Full"))


class ScheduleState(StrEnum):
    """Whether a job is run."""

    ACTIVE = "Active"
    DISABLED = "Disabled"
    PAUSED = "Paused"


class StatusCode(StrEnum):
    """How a job does."""

    NOT_CONFIGURED = "NotConfigured"
    NOT_RUN = "NotRun"
    ACTIVE = "Active"
    PAUSED = "Paused"
    QUARANTINE = "Quarantine"


class Cycle(Struct, frozen=True):
    """The newest run of a job."""

    activity: str
    began: datetime


class Quarantine(Struct, frozen=True):
    """Why and since when a job is in quarantine; times in UTC."""

    began: datetime
    reason: str
    code: str
    message: str
    series: int = 1


MISSING_CREDENTIALS = (
    "EncounteredQuarantineException",
    "SystemForCrossDomainIdentityManagementInvalidCredentials",
    "Please provide a valid tenant URL for your application.",
)
"""Reason, code and message of a job that was started without a tenant URL."""


class Job(Struct, frozen=True):
    """One job; `initial_cycles` counts how often it went over everybody, `owed` that it has to once it runs."""

    id: str
    template_id: str
    state: ScheduleState = ScheduleState.DISABLED
    settings: tuple[tuple[str, str | None], ...] = ()
    cycle: Cycle | None = None
    initial_cycles: int = 0
    owed: bool = True
    quarantine: Quarantine | None = None


def started(job: Job, activity: str, now: datetime, *, configured: bool) -> Job:
    """Return the job after `start`: it goes on where it was paused, and its quarantine is lifted.

    The service takes the call without credentials too; the job's first cycle then fails and puts it into quarantine.
    """
    running = replace(job, state=ScheduleState.ACTIVE, quarantine=None)
    if job.owed:
        running = with_initial_cycle(running, activity, now)
    return running if configured else replace(running, quarantine=Quarantine(now, *MISSING_CREDENTIALS))


def paused(job: Job) -> Job:
    """Return the job after `pause`: what it knows is kept."""
    return replace(job, state=ScheduleState.PAUSED)


def restarted(job: Job, scopes: frozenset[str], activity: str, now: datetime, *, configured: bool) -> Job:
    """Return the job after `restart`; an empty `scopes` is the whole, as for a request without criteria.

    Only a forgotten watermark (or more) makes an initial cycle, only `QuarantineState` and `Full` lift a quarantine.
    """
    asked = scopes or frozenset(("Full",))
    running = replace(job, state=ScheduleState.ACTIVE, quarantine=None if asked & _FREES else job.quarantine)
    if job.owed or asked & _FORGETS:
        running = with_initial_cycle(running, activity, now)
    return running if configured else replace(running, quarantine=Quarantine(now, *MISSING_CREDENTIALS))


def saved(job: Job, activity: str, now: datetime) -> Job:
    """Return the job after its schema or scope was saved: everybody is looked at again, now or when it is started."""
    if job.state is not ScheduleState.ACTIVE:
        return replace(job, owed=True)
    return with_initial_cycle(job, activity, now)


def disconnected(job: Job, now: datetime) -> Job:
    """Return the job after its credentials became unusable: if it runs, its next cycle fails."""
    if job.state is not ScheduleState.ACTIVE:
        return job
    return replace(job, quarantine=Quarantine(now, *MISSING_CREDENTIALS))


def with_initial_cycle(job: Job, activity: str, now: datetime) -> Job:
    """Return the job with a new initial cycle begun at `now`."""
    return replace(job, cycle=Cycle(activity, now), initial_cycles=job.initial_cycles + 1, owed=False)


def is_quarantined(job: Job, now: datetime, *, configured: bool) -> bool:
    """Return whether the job is in quarantine at `now`: a mended tenant URL counts from the next attempt on."""
    if job.quarantine is None:
        return False
    mended = configured and job.quarantine.code == MISSING_CREDENTIALS[1]
    return not (mended and now >= job.quarantine.began + RETRY_AFTER_QUARANTINE)


def status_code(job: Job, now: datetime, *, configured: bool) -> StatusCode:
    """Return what `status.code` says at `now`; `configured` is whether a tenant URL is saved."""
    if job.state is ScheduleState.PAUSED:
        return StatusCode.PAUSED
    if is_quarantined(job, now, configured=configured):
        return StatusCode.QUARANTINE
    if job.state is ScheduleState.ACTIVE:
        return StatusCode.ACTIVE
    return StatusCode.NOT_RUN if configured else StatusCode.NOT_CONFIGURED


def job_entity(job: Job, now: datetime, *, configured: bool) -> Entity:
    """Return the job as the service shows it at `now`."""
    ran = job.cycle is not None or job.state is not ScheduleState.DISABLED
    interval = INTERVAL if ran else UNSCHEDULED
    return {
        "id": job.id,
        "templateId": job.template_id,
        "schedule": {"expiration": None, "interval": interval, "state": job.state.value},
        "status": _status(job, now, configured=configured),
        "synchronizationJobSettings": [{"name": name, "value": value} for name, value in job.settings],
    }


def wire_time(moment: datetime) -> str:
    """Write a moment as the service does: UTC with seven digits."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}0Z"


def _status(job: Job, now: datetime, *, configured: bool) -> Entity:
    quarantined = is_quarantined(job, now, configured=configured)
    done = job.cycle is not None and now >= job.cycle.began + INITIAL_CYCLE and not quarantined
    steady = wire_time(job.cycle.began + INITIAL_CYCLE) if done and job.cycle else NEVER
    last = _execution(job, failed=quarantined)
    return {
        "code": status_code(job, now, configured=configured).value,
        "countSuccessiveCompleteFailures": job.quarantine.series if quarantined and job.quarantine else 0,
        "escrowsPruned": False,
        "lastExecution": last,
        "lastSuccessfulExecution": last if done else None,
        "lastSuccessfulExecutionWithExports": None,
        "progress": [],
        "quarantine": _quarantine(job.quarantine) if quarantined and job.quarantine else None,
        "steadyStateFirstAchievedTime": steady,
        "steadyStateLastAchievedTime": steady,
        "synchronizedEntryCountByType": [],
        "troubleshootingUrl": "" if job.cycle else None,
    }


_COUNTS = [
    "countEntitled",
    "countEntitledForProvisioning",
    "countEscrowed",
    "countEscrowedRaw",
    "countExported",
    "countExports",
    "countImported",
    "countImportedDeltas",
    "countImportedReferenceDeltas",
]


def _execution(job: Job, *, failed: bool) -> Entity | None:
    if job.cycle is None:
        return None
    return {
        "activityIdentifier": job.cycle.activity,
        **dict.fromkeys(_COUNTS, 0),
        "state": "Failed" if failed else "Succeeded",
        "timeBegan": wire_time(job.cycle.began),
        "timeEnded": wire_time(job.cycle.began + timedelta(seconds=1)),
        "error": _error(job.quarantine) if failed and job.quarantine else None,
    }


def _quarantine(found: Quarantine) -> Entity:
    return {
        "currentBegan": wire_time(found.began),
        "nextAttempt": wire_time(found.began + RETRY_AFTER_QUARANTINE),
        "reason": found.reason,
        "seriesBegan": wire_time(found.began),
        "seriesCount": found.series,
        "error": _error(found),
    }


def _error(found: Quarantine) -> Entity:
    return {"code": found.code, "message": found.message, "tenantActionable": True}
