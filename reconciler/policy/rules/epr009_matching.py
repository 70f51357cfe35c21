"""EPR009: an object mapping matches by at least one attribute, and by each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Clear, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding, Severity
from reconciler.model.mappings import DesiredMapping
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import mappings_of

RULE = Rule(
    "EPR009",
    "An object mapping matches by at least one attribute, and by each once",
    "Before the service creates a user it looks for one that matches, by the matching attributes in order of "
    "precedence. Without any it cannot tell who exists already; one attribute can have one precedence only.",
    fixed=False,
    page=pages.ATTRIBUTES,
)


@dataclass(slots=True)
class _Used:
    """What mappings say of matching at one place of the spec, with the apps that use it: judged once."""

    source: str
    targets: tuple[str, ...]
    removed: frozenset[str]
    place: Place | None
    apps: list[Address] = field(default_factory=list)

    @property
    def address(self) -> Address:
        """The mapping's address in the first app that uses it."""
        return self.apps[0].within(f"{MAPPING_PREFIX}{self.source}")


def check(spec: Spec) -> Iterator[Finding]:
    """Mappings that match by nothing, by one attribute twice, or by an attribute that they remove.

    Where the spec leaves `match` unmanaged, the service's own stays, and nothing is reported.
    """
    for used in _matchings(spec):
        if not used.targets:
            yield _matches_nothing(used)
        for target, times in Counter(used.targets).items():
            if target in used.removed:
                yield _matches_by_removed(used, target)
            elif times > 1:
                yield _matches_twice(used, target, times)


def _matchings(spec: Spec) -> Iterable[_Used]:
    found: dict[object, _Used] = {}
    for app in spec.desired.of(Kind.APP):
        for mapping in mappings_of(app):
            used = _matching(mapping)
            if used:
                key = (used.place or id(mapping), used.source, used.removed)
                found.setdefault(key, used).apps.append(app.address)
    return found.values()


def _matching(mapping: DesiredMapping) -> _Used | None:
    match mapping.match:
        case Clear(place):
            return _Used(mapping.source, (), frozenset(), place or mapping.place)
        case Value(targets, place):
            removed = frozenset(target for target in targets if _is_removed(mapping, target))
            return _Used(mapping.source, targets, removed, place or mapping.place)
    return None


def _is_removed(mapping: DesiredMapping, target: str) -> bool:
    attribute = mapping.attributes.get(target)
    return attribute is not None and isinstance(attribute.source, Clear)


def _matches_nothing(used: _Used) -> Finding:
    finding = RULE.finding(
        f"the {used.source} mapping of {listed(used.apps)} matches by no attribute",
        address=str(used.address),
        place=used.place,
        found="an empty `match`",
        expected="at least one target attribute",
        hint="name the attribute that tells who exists already, such as userName",
    )
    # Only a mapping of users must match; the documentation shows one of groups that does not.
    return finding if used.source == "User" else replace(finding, severity=Severity.WARNING)


def _matches_twice(used: _Used, target: str, times: int) -> Finding:
    return RULE.finding(
        f"the {used.source} mapping of {listed(used.apps)} names {target} {times} times in `match`",
        address=str(used.address),
        place=used.place,
        found=listed(used.targets),
        expected="each attribute once, in order of precedence",
        hint="the first one counts; take out the others",
    )


def _matches_by_removed(used: _Used, target: str) -> Finding:
    return RULE.finding(
        f"the {used.source} mapping of {listed(used.apps)} matches by {target}, which it removes",
        address=str(used.address),
        place=used.place,
        found=listed(used.targets),
        expected="attributes that the mapping fills",
        hint="map the attribute, or match by another",
    )
