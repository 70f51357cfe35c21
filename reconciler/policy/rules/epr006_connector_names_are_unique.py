"""EPR006: an app has a connector of its own, and its name occurs once."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import Named, clashes, connectors, related

RULE = Rule(
    "EPR006",
    "An app has one connector host, and a connector of its own",
    "A connector's name must be unique in the environment: two apps that call one connector write into one another's "
    "target, and two connectors of one name cannot be told apart in the tenant URL.",
    page=pages.CONNECTOR_TROUBLE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Apps whose connector has the name of an earlier app's, on whatever host."""
    claims = (
        (connector.name, Named(connector.app, connector.name, connector.place))
        for connector in connectors(spec)
        if connector.is_ecma and connector.name
    )
    for first, later in clashes(claims):
        yield RULE.finding(
            f"{later.address} uses the connector {later.name}, which is {first.address}'s",
            address=str(later.address),
            place=later.place,
            related=related(first.place, f"{first.address} uses it here"),
            found=later.name,
            expected="a connector name that no other app uses",
            hint="make a connector of its own for each app, and name that",
        )
