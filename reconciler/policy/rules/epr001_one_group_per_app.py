"""EPR001: an app is served by exactly one agent group."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.cells import UNMANAGED, Clear
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import Desired
from reconciler.policy.rules import pages

RULE = Rule(
    "EPR001",
    "An app is served by exactly one agent group",
    "The service keeps a collection of groups per published resource and does not enforce that there is one. "
    "An app in no group reaches no agent, and an app in two is served by agents that nobody expects.",
    page=pages.PUBLISHED_RESOURCE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Apps that the spec publishes, or takes out of their group, without naming the one group that serves them.

    An app that names neither a resource nor a group leaves both unmanaged, which is fine.
    """
    if Surface.TOPOLOGY not in spec.surfaces:
        return
    groups = [group.address.key for group in spec.desired.of(Kind.GROUP)]
    for app in spec.desired.of(Kind.APP):
        if _has_no_group(app):
            yield RULE.finding(
                f"{app.address} is served by no agent group",
                address=str(app.address),
                place=spec.desired.place(app.address, "group"),
                found="no group",
                expected="the key of one group",
                hint="say which group's agents reach this app: `group: KEY`",
                suggestion=f"group: {groups[0]}" if len(groups) == 1 else "",
            )


def _has_no_group(app: Desired) -> bool:
    match app.cells.get("group", UNMANAGED):
        case Clear():
            return True
        case cell if cell == UNMANAGED:
            return "resource.resourceName" in app.cells or "resource.id" in app.cells
    return False
