"""Synchronization jobs and templates: which one is meant, and a job's cells.

Pages: learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob and -synchronizationtemplate (beta).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.cells import ABSENT, Known, LiveCell
from reconciler.model.states import FieldValue
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode

DEFAULT_TEMPLATE = "default"
"""What a spec calls the template that the service itself marks as default."""

JOB_KEYS = ("job.template", "job.enabled", "job.status", "job.quarantine")
"""The cells that a job fills."""


class Undecided(ReconcilerError):
    """Raised when several jobs or templates exist and nothing says which one is meant."""


class Job(Struct, frozen=True):
    """A job, as far as this program looks at it. `quarantine` is why and since when it is in quarantine, or ""."""

    id: str
    template: str
    enabled: bool
    status: str
    quarantine: str = ""


class Template(Struct, frozen=True):
    """A template of jobs."""

    id: str
    default: bool


class _Schedule(msgspec.Struct):
    state: str | None = None


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None


class _Quarantine(msgspec.Struct, rename="camel"):
    current_began: str | None = None
    reason: str | None = None
    error: _Error | None = None


class _Status(msgspec.Struct):
    code: str | None = None
    quarantine: _Quarantine | None = None


class _Job(msgspec.Struct, rename="camel"):
    id: str
    template_id: str | None = None
    schedule: _Schedule | None = None
    status: _Status | None = None


class _Template(msgspec.Struct):
    id: str
    default: bool | None = None


class _Jobs(msgspec.Struct):
    value: list[_Job]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Templates(msgspec.Struct):
    value: list[_Template]


class _Created(msgspec.Struct):
    id: str


def jobs_in(body: Encoded) -> tuple[Job, ...]:
    """The jobs of a principal. Raises Malformed, also for more jobs than a page holds: a principal has one or two."""
    page = decode(body, _Jobs)
    if page.more:
        raise Malformed("an answer lists more jobs of one principal than a page holds")
    return tuple(
        Job(
            job.id,
            job.template_id or "",
            ((job.schedule and job.schedule.state) or "").lower() == "active",
            (job.status and job.status.code) or "",
            _quarantine(job.status.quarantine if job.status else None),
        )
        for job in page.value
    )


def _quarantine(found: _Quarantine | None) -> str:
    """Reason, error and beginning in one line, as far as the service tells them; "" where there is no quarantine.

    Page: learn.microsoft.com/graph/api/resources/synchronization-synchronizationquarantine (beta).
    """
    if found is None:
        return ""
    error = found.error or _Error()
    since = f"since {found.current_began.partition('.')[0].removesuffix('Z')}Z" if found.current_began else ""
    said = ": ".join(filter(None, (found.reason or "Unknown", error.message, error.code and f"({error.code})")))
    return " ".join(filter(None, (said.replace(": (", " ("), since)))


def templates_in(body: Encoded) -> tuple[Template, ...]:
    """The templates of a principal's application. Raises Malformed."""
    return tuple(Template(found.id, bool(found.default)) for found in decode(body, _Templates).value)


def created_id(body: Encoded) -> str:
    """The id of the object that an answer describes. Raises Malformed."""
    live_id = decode(body, _Created).id
    if not live_id:
        raise Malformed("an answer has a wrong shape: an object without id")
    return live_id


def chosen_job(jobs: Sequence[Job], template: str, known_id: str = "") -> Job | None:
    """The job that is meant: the known one, else that of the template id, else the only one. None where there is none.

    Raises Undecided where several remain; with the template `default`, its id must be found out first.
    """
    known = [job for job in jobs if known_id and job.id == known_id]
    of_template = [job for job in jobs if job.template == template]
    candidates = known or of_template or jobs
    if len(candidates) > 1:
        raise Undecided(f"{len(candidates)} jobs exist, and the spec's template does not say which one is meant")
    return candidates[0] if candidates else None


def chosen_template(templates: Sequence[Template], declared: str) -> str:
    """The id of the template that is meant: the declared one, else the default or only one. Raises Undecided."""
    if declared not in {"", DEFAULT_TEMPLATE}:
        if any(template.id == declared for template in templates):
            return declared
        raise Undecided(f"the application has no template {declared!r}")
    candidates = [template for template in templates if template.default] or list(templates)
    if len(candidates) != 1:
        raise Undecided(f"the application has {len(templates)} templates, and none of them is the default")
    return candidates[0].id


def job_cells(job: Job | None) -> Mapping[str, LiveCell[FieldValue]]:
    """The cells of an app's job; all absent where it has none."""
    if job is None:
        return dict.fromkeys(JOB_KEYS, ABSENT)
    return {
        "job.template": Known(job.template),
        "job.enabled": Known(job.enabled),
        "job.status": Known(job.status) if job.status else ABSENT,
        "job.quarantine": Known(job.quarantine) if job.quarantine else ABSENT,
    }
