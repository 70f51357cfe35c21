"""EPR027: the job of an app runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import UNMANAGED, Known
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.policy.rules import pages

RULE = Rule(
    "EPR027",
    "The job of an app runs",
    "A job in quarantine runs once a day at most and is disabled after four weeks; one that is off provisions nobody. "
    "Restarting it before its cause is mended repeats what put it there.",
    Severity.WARNING,
    fixed=False,
    page=pages.QUARANTINE,
)
_SINCE = re.compile(r" since \d{4}-\S+$")
"""When it began is for `status` to tell: one fault reads the same every night."""


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Apps whose job is in quarantine, or is off while the spec does not say whether it should run."""
    for app in spec.desired.of(Kind.APP):
        address = app.address
        if spec.desired.cell(address, "job.template") == UNMANAGED:
            continue
        if live.text(address, "job.status") == "Quarantine":
            reason = _SINCE.sub("", live.text(address, "job.quarantine", "no reason told"))
            yield _finding(spec, address, "is in quarantine", reason, "mend the cause first; `status` tells more")
        elif _is_off(spec, live, address):
            hint = "`job: {enabled: true}` starts it; `enabled: false` says that it is off on purpose"
            yield _finding(spec, address, "is off, and the spec does not say whether it should run", "off", hint)


def _is_off(spec: Spec, live: LiveState, app: Address) -> bool:
    undecided = spec.desired.cell(app, "job.enabled") == UNMANAGED
    return undecided and live.cell(app, "job.enabled") == Known(value=False)


def _finding(spec: Spec, app: Address, text: str, found: str, hint: str) -> Finding:
    return RULE.finding(
        f"the job of {app} {text}",
        address=str(app),
        place=spec.desired.place(app, "job.enabled"),
        found=found,
        expected="a job that runs",
        hint=hint,
    )
