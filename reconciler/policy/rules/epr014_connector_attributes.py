"""EPR014: what a connector host is asked to write, it can write."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from reconciler.mapping.language.parser import function_called
from reconciler.model.address import Address
from reconciler.model.cells import Clear
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding, Severity
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, SourceKind
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import USER, Flowing, flowing, leaf, mappings_of, reads, users
from reconciler.policy.rules.reading import connectors

RULE = Rule(
    "EPR014",
    "What a connector host is asked to write, it can write",
    "A connector host knows users only, with one value for each attribute: no groups, no references to other objects "
    "such as a manager, no attributes of several values. The name of an attribute that holds a dot or a bracket "
    "reaches it as a path into something that is not there.",
    Severity.WARNING,
    fixed=False,
    page=pages.ECMA_LIMITS,
)
_REFERENCE = "manager"
_SPLIT = "split"


class _Limit(Struct, frozen=True):
    """What a connector host cannot write: what is so of an attribute, what becomes of it there, what is wanted."""

    what: str
    then: str
    expected: str
    hint: str


_SEVERAL = "an attribute of one value"
_TAKE_ONE = "take the attribute out, unless your directory's guide maps it so, as that of LDAP does objectClass"
_HELD = _Limit("holds several values by the schema's directory", "does not support", _SEVERAL, _TAKE_ONE)


def check(spec: Spec) -> Iterator[Finding]:
    """Mappings and attributes of apps behind a connector host that the host cannot write, as the spec alone shows."""
    behind = _behind(spec)
    yield from _objects(spec, behind)
    for each in flowing(spec, behind):
        limit = _limit(each.attribute) if each.mapping.source == USER else None
        if limit:
            yield _finding(each, each.apps, limit)


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Attributes that the directory of the app's job, or of its template, says to hold several values."""
    holding: dict[object, Flowing] = {}
    for mapping, app, target in _several(spec, live, _behind(spec)):
        attribute = mapping.attributes[target]
        if not isinstance(attribute.source, Clear) and _limit(attribute) is None:
            key = (attribute.place or id(attribute), target)
            holding.setdefault(key, Flowing(mapping, attribute)).apps.append(app)
    for each in holding.values():
        yield _finding(each, each.apps, _HELD)


def _several(spec: Spec, live: LiveState, behind: set[Address]) -> Iterator[tuple[DesiredMapping, Address, str]]:
    """Each attribute of users that the spec names and that holds several values in the directory of an app."""
    for mapping, apps in users(spec):
        for app in (app for app in apps if app in behind and mapping.source == USER):
            held = live.several.get(app, {}).get(mapping.target, frozenset())
            for target in sorted(held & mapping.attributes.keys()):
                yield mapping, app, target


def _behind(spec: Spec) -> set[Address]:
    return {connector.app for connector in connectors(spec) if connector.is_ecma}


def _objects(spec: Spec, behind: set[Address]) -> Iterator[Finding]:
    for app in sorted(behind):
        for mapping in mappings_of(spec.desired.things[app]):
            if mapping.source != USER:
                yield RULE.finding(
                    f"{app} is behind a connector host, which writes no {mapping.source} objects",
                    address=str(app.within(f"{MAPPING_PREFIX}{mapping.source}")),
                    place=mapping.place,
                    found=mapping.source,
                    expected="a mapping of User objects",
                    hint="take the mapping out of this app",
                )


def _limit(attribute: DesiredAttribute) -> _Limit | None:
    """The first limit that an attribute breaks by what the spec says of it."""
    return next((limit for breaks, limit in _LIMITS if breaks(attribute)), None)


def _is_path(attribute: DesiredAttribute) -> bool:
    return not {".", "["}.isdisjoint(leaf(attribute.target))


def _is_reference(attribute: DesiredAttribute) -> bool:
    return reads(attribute, _REFERENCE)


def _is_split(attribute: DesiredAttribute) -> bool:
    source = attribute.source
    if isinstance(source, Clear) or source.kind is not SourceKind.EXPRESSION:
        return False
    return (function_called(source.text) or "").casefold() == _SPLIT


_LIMITS: tuple[tuple[Callable[[DesiredAttribute], bool], _Limit], ...] = (
    (
        _is_path,
        _Limit(
            "has a dot or a bracket",
            "takes as a path",
            "a name without dots and brackets",
            "rename the attribute in the connector's own schema",
        ),
    ),
    (
        _is_reference,
        _Limit(
            "is a reference to another object",
            "cannot write",
            "an attribute that is text, a number or a truth value",
            "take the attribute out",
        ),
    ),
    (_is_split, _Limit("gets several values from Split()", "does not support", _SEVERAL, _TAKE_ONE)),
)


def _finding(each: Flowing, apps: list[Address], limit: _Limit) -> Finding:
    name = leaf(each.attribute.target)
    return RULE.finding(
        f"{name} {limit.what}, which the connector host of {listed(apps)} {limit.then}",
        address=str(apps[0].within(f"{MAPPING_PREFIX}{each.mapping.source}/{each.attribute.target}")),
        place=each.attribute.place,
        found=name,
        expected=limit.expected,
        hint=limit.hint,
    )
