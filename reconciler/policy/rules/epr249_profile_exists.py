"""EPR249: the availability profile that a group is held to exists."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.policy.profiles import BUILT_IN
from reconciler.policy.rules.reading import names

RULE = Rule(
    "EPR249",
    "The availability profile that a group is held to exists",
    "A profile says how many agents a group needs and how many must stay active while a plan runs. Under a profile "
    "that nobody defined, nothing would be held to anything.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Profiles that a group, or the policy for all groups, names and that are neither built in nor the spec's own."""
    known = sorted({*BUILT_IN, *spec.policy.profiles})
    if spec.policy.availability not in known:
        yield _unknown(
            known, spec.policy.availability, "policy.availability", "", spec.policy.places.get("availability")
        )
    for group in names(spec, Kind.GROUP, "availability"):
        if group.name not in known:
            yield _unknown(known, group.name, str(group.address), str(group.address), group.place)


def _unknown(known: list[str], name: str, where: str, address: str, place: Place | None) -> Finding:
    return RULE.finding(
        f"{where} names the availability profile {name}, which does not exist",
        address=address,
        place=place,
        found=name,
        expected=listed(known, most=len(known)),
        hint="choose one of these, or define it in `policy.availabilityProfiles`",
        suggestion=next(iter(get_close_matches(name.lower(), known, n=1)), ""),
    )
