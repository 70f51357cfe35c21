"""EPR243: a group's previous name is no other group's."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.reading import Named, clashes, names, related

RULE = Rule(
    "EPR243",
    "A group's previous name is no other group's",
    "`previously: {displayName}` finds a live group by its old name, on first contact. Where another group of the spec "
    "has that name, or claims it too, one live group would stand for two.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Previous names that another group has or claims, unless an `id` tells which live group is meant."""
    previous = [named for named in names(spec, Kind.GROUP, "previously.displayName") if not _has_id(spec, named)]
    present = {
        named.name.lower(): named for named in names(spec, Kind.GROUP, "displayName") if not _has_id(spec, named)
    }
    for named in previous:
        other = present.get(named.name.lower())
        if other and other.address != named.address:
            yield _taken(named, other, f"{other.address} has")
    for first, later in clashes((named.name.lower(), named) for named in previous):
        yield _taken(later, first, f"{first.address} claims too")


def _has_id(spec: Spec, named: Named) -> bool:
    return bool(spec.desired.text(named.address, "id"))


def _taken(named: Named, other: Named, how: str) -> Finding:
    return RULE.finding(
        f"{named.address} was named {named.name}, which {how}",
        address=str(named.address),
        place=named.place,
        related=related(other.place, f"{other.address} names it here"),
        found=named.name,
        expected="a name that no other group of the spec has or had",
        hint="give the live group's `id`: then its name does not have to tell which one is meant",
    )
