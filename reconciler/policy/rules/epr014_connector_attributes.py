"""EPR014: what a connector host is asked to write, it can write."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Example, Rule
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import USER, Flowing, flowing, leaf, mappings_of, reads
from reconciler.policy.rules.reading import connectors

RULE = Rule(
    "EPR014",
    "What a connector host is asked to write, it can write",
    "A connector host knows users only: no groups and no references to other objects such as a manager. The name of an "
    "attribute that holds a dot or a bracket reaches it as a path into something that is not there.",
    Severity.WARNING,
    fixed=False,
    page=pages.ECMA_LIMITS,
    example=Example(
        """\
apps:
  hr-sql:
    servicePrincipal: {displayName: HR}
    connector: {url: "https://ecma-1.contoso.local:8585/ecma2host_HR/scim"}
    mappings:
      - source: User
        target: User
        match: [Login]
        attributes: {Login: userPrincipalName, name.first: givenName}
""",
        """\
apps:
  hr-sql:
    servicePrincipal: {displayName: HR}
    connector: {url: "https://ecma-1.contoso.local:8585/ecma2host_HR/scim"}
    mappings:
      - source: User
        target: User
        match: [Login]
        attributes: {Login: userPrincipalName, FirstName: givenName}
""",
    ),
)
_REFERENCE = "manager"


def check(spec: Spec) -> Iterator[Finding]:
    """Mappings and attributes of apps behind a connector host that the host cannot write."""
    behind = {connector.app for connector in connectors(spec) if connector.is_ecma}
    yield from _objects(spec, behind)
    for each in flowing(spec):
        apps = [app for app in each.apps if app in behind]
        if apps and each.mapping.source == USER:
            yield from _attribute(each, apps)


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


def _attribute(each: Flowing, apps: list[Address]) -> Iterator[Finding]:
    name = leaf(each.attribute.target)
    if "." in name or "[" in name:
        text = f"{name} has a dot or a bracket, which the connector host of {listed(apps)} takes as a path"
        expected, hint = "a name without dots and brackets", "rename the attribute in the connector's own schema"
    elif reads(each.attribute, _REFERENCE):
        text = f"{name} is a reference to another object, which the connector host of {listed(apps)} cannot write"
        expected, hint = "an attribute that is text, a number or a truth value", "take the attribute out"
    else:
        return
    yield RULE.finding(
        text,
        address=str(apps[0].within(f"{MAPPING_PREFIX}{each.mapping.source}/{each.attribute.target}")),
        place=each.attribute.place,
        found=name,
        expected=expected,
        hint=hint,
    )
