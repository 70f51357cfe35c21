"""EPR015: a mapping of users tells the application who is to be disabled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.address import Address
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding, Severity
from reconciler.model.mappings import AttributeMapping, DesiredAttribute, DesiredMapping, ObjectMapping
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import SOFT_DELETED, USER, leaf, live_mappings, reads, users

RULE = Rule(
    "EPR015",
    "A mapping of users tells the application who is to be disabled",
    "IsSoftDeleted says who left the scope or was deleted. Where no attribute reads it, such users keep their "
    "accounts in the application, and nobody is told.",
    Severity.WARNING,
    fixed=False,
    page=pages.ATTRIBUTES,
)
_ACTIVE = "active"


def check(spec: Spec) -> Iterator[Finding]:
    """Mappings of users that say what `active` is, or remove it, while nothing of theirs reads IsSoftDeleted.

    Where the spec does not name `active`, the service's own may read it, and nothing is reported.
    """
    found = (
        (app, mapping)
        for mapping, apps in users(spec)
        if mapping.source == USER
        and any(leaf(target).casefold() == _ACTIVE for target in mapping.attributes)
        and not _reads(mapping.attributes.values())
        for app in apps
    )
    return _findings(found, "")


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Mappings of users in which nothing reads IsSoftDeleted once the spec is applied."""
    silent = {id(mapping) for mapping, _ in users(spec) if not _reads(mapping.attributes.values())}
    found = (
        (app, mapping)
        for app, mapping, held in live_mappings(spec, live)
        if mapping.source == USER and id(mapping) in silent and not _reads(_kept(mapping, held))
    )
    return _findings(found, ", as it will be at the service,")


def _kept(mapping: DesiredMapping, held: ObjectMapping) -> Iterator[AttributeMapping]:
    return (each for target, each in held.attributes.items() if target not in mapping.attributes)


def _reads(attributes: Iterable[DesiredAttribute] | Iterable[AttributeMapping]) -> bool:
    return any(reads(each, SOFT_DELETED) for each in attributes)


def _findings(found: Iterable[tuple[Address, DesiredMapping]], when: str) -> Iterator[Finding]:
    """One finding for each place of the spec, with all apps that use what stands there."""
    used: dict[object, tuple[DesiredMapping, list[Address]]] = {}
    for app, mapping in found:
        used.setdefault(mapping.place or id(mapping), (mapping, []))[1].append(app)
    return (_finding(mapping, apps, when) for mapping, apps in used.values())


def _finding(mapping: DesiredMapping, apps: list[Address], when: str) -> Finding:
    attribute = next((each for name, each in mapping.attributes.items() if leaf(name).casefold() == _ACTIVE), None)
    return RULE.finding(
        f"the {mapping.source} mapping of {listed(apps)}{when} tells nobody who is to be disabled",
        address=str(apps[0].within(f"{MAPPING_PREFIX}{mapping.source}")),
        place=attribute.place if attribute else mapping.place,
        expected=f"an attribute that reads {SOFT_DELETED}",
        hint='for SCIM: `active: =Switch([IsSoftDeleted], , "False", "True", "True", "False")`',
    )
