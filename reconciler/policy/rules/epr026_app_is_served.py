"""EPR026: an app keeps at least one agent that serves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Related
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import Desired, LiveState
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.epr003_group_fits_profile import is_down
from reconciler.policy.rules.reading import apps_by_group, declares_members, keys

_MOST_RELATED = 5

RULE = Rule(
    "EPR026",
    "An app keeps at least one active agent",
    "An app whose group has no active agent provisions nobody, silently: its job goes on and fails, and ends in "
    "quarantine. A plan that would take the last active agent from an app is stopped by a guard besides.",
    page=pages.ARCHITECTURE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups that serve apps and that the spec leaves without any agent."""
    for group, apps in apps_by_group(spec.desired).items():
        if declares_members(spec.desired, group) and not spec.desired.members(group):
            yield _finding(spec, group, apps, "no agents", "add an agent to the group, or serve the apps by another")


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Groups that serve apps and whose agents, as the spec wants them, are all known not to be active: a warning."""
    for group, apps in apps_by_group(spec.desired).items():
        if group not in spec.desired.things:
            continue
        managed = spec.desired.cell(group, "agents") != UNMANAGED
        members = spec.desired.members(group) if managed else live.members(group, "agents")
        if members and all(is_down(live, agent) for agent in members):
            hint = "look at the service AADConnectProvisioningAgent on these hosts"
            yield replace(_finding(spec, group, apps, f"not active: {keys(members)}", hint), severity=Severity.WARNING)


def _finding(spec: Spec, group: Address, apps: Sequence[Desired], found: str, hint: str) -> Finding:
    places = ((app.address, spec.desired.place(app.address, "group")) for app in apps[:_MOST_RELATED])
    return RULE.finding(
        f"no agent of {group} serves {listed(app.address for app in apps)}",
        address=str(group),
        place=spec.desired.place(group, "agents"),
        related=tuple(Related(place, f"{app} is served by {group}") for app, place in places if place),
        found=found,
        expected="at least one active agent",
        hint=hint,
    )
