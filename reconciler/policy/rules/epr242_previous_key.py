"""EPR242: a previous key names one thing that is gone from the spec."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Value
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.reading import Named, clashes, related

RULE = Rule(
    "EPR242",
    "A previous key is free, and one thing's",
    "`previously: {key}` hands the live object of the old key to the new one. While the old key is in use, or where "
    "two things claim it, nobody can tell whose the object is.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Previous keys that another thing of the kind, or the thing itself, still has; and those that two things claim."""
    claims = [(Address(named.address.kind, named.name), named) for named in _previous_keys(spec)]
    for before, named in claims:
        if before in spec.desired.things:
            yield _still_in_use(spec, before, named)
    for first, later in clashes(claims):
        yield RULE.finding(
            f"{later.address} claims the previous key {later.name}, which {first.address} claims too",
            address=str(later.address),
            place=later.place,
            related=related(first.place, f"{first.address} claims it here"),
            found=later.name,
            expected="a key that one thing had",
            hint="keep `previously` with the thing that took over the live object",
        )


def _previous_keys(spec: Spec) -> Iterator[Named]:
    for thing in spec.desired.things.values():
        match thing.cells.get("previously.key", UNMANAGED):
            case Value(str() as key, place):
                yield Named(thing.address, key, place or thing.place)


def _still_in_use(spec: Spec, before: Address, named: Named) -> Finding:
    itself = before == named.address
    where = spec.desired.things[before].place
    return RULE.finding(
        f"{named.address} names its own key as the previous one"
        if itself
        else f"{named.address} was {before}, which the spec still defines",
        address=str(named.address),
        place=named.place,
        related=() if itself else related(where, f"{before} is defined here"),
        found=named.name,
        expected="a key that the spec does not define any more",
        hint="take `previously` out" if itself else f"take {before} out of the spec, or `previously` out of here",
    )
