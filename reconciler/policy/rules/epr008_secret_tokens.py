"""EPR008: a secret token is long enough, no other app's, and there where a connector host asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address, Kind
from reconciler.model.cells import UNMANAGED, Clear, Value
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import Named, clashes, connectors, related

SHORTEST = 12
"""Characters of the shortest token that a connector host takes."""

TOKEN = "connector.secretToken"  # noqa: S105 - the key of a field, not a secret

RULE = Rule(
    "EPR008",
    "A secret token is long enough and no other app's",
    "A connector host refuses tokens of fewer than 12 characters, and asks for one per app: whoever learns one app's "
    "token must not hold the next one's. A SCIM server may have none (`secretToken: null`), and then gets a token of "
    "the service's own; a connector host takes no such token. Before an apply only the sources can be compared; the "
    "values are compared when they are read, before the first call.",
    fixed=False,
    page=pages.SQL_CONNECTOR,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Apps that take their token from where another app's comes from, and connector hosts that would get none."""
    for connector in connectors(spec):
        if connector.is_ecma and isinstance(spec.desired.cell(connector.app, TOKEN), Clear):
            yield _none(spec, connector.app)
    for first, later in clashes(_sources(spec)):
        yield RULE.finding(
            f"{later.address} takes its token from where {first.address}'s comes from",
            address=str(later.address),
            place=later.place,
            related=related(first.place, f"{first.address} takes it from here"),
            found=later.name,
            expected="a source that no other app uses",
            hint="make a token for each app, and name its own source",
        )


def _none(spec: Spec, app: Address) -> Finding:
    return RULE.finding(
        f"{app}: a connector host takes no call without its secret token",
        address=str(app),
        place=spec.desired.place(app, TOKEN),
        found="null",
        expected="env or file",
        hint="name where the token comes from that was set on the connector host",
    )


def _sources(spec: Spec) -> Iterator[tuple[object, Named]]:
    for app in spec.desired.of(Kind.APP):
        match app.cells.get(TOKEN, UNMANAGED):
            case Value(SecretSource() as source, place):
                yield (source.env, _plain(source.file)), Named(app.address, str(source), place or app.place)


def _plain(path: str) -> str:
    """A path without the parts that change nothing, so that `./a` and `a` are one file."""
    return "/".join(part for part in path.replace("\\", "/").split("/") if part not in {"", "."})


def check_values(spec: Spec, values: Mapping[Address, tuple[SecretSource, SecretText]]) -> Iterator[Finding]:
    """Tokens that are too short for a connector host, or equal to another app's. No finding shows any of a value.

    `values` holds the tokens by app.
    """
    hosted = {connector.app for connector in connectors(spec) if connector.is_ecma}
    in_order = [(address.thing, *values[address]) for address in sorted(values)]
    for app, source, text in in_order:
        if app in hosted and len(text) < SHORTEST:
            yield _too_short(spec, app, source)
    held = ((text, _named(spec, app, source)) for app, source, text in in_order)
    for first, later in clashes(held):
        yield RULE.finding(
            f"{later.address} has the same token as {first.address}",
            address=str(later.address),
            place=later.place,
            related=related(first.place, f"{first.address}'s token, from {first.name}"),
            found=f"the value of {later.name}, seen before",
            expected="a token that no other app has",
            hint="make a token for each app, and raise its `version`",
        )


def _named(spec: Spec, app: Address, source: SecretSource) -> Named:
    return Named(app, str(source), spec.desired.place(app, TOKEN))


def _too_short(spec: Spec, app: Address, source: SecretSource) -> Finding:
    return RULE.finding(
        f"{app}: the token is too short for a connector host",
        address=str(app),
        place=spec.desired.place(app, TOKEN),
        found=f"the value of {source}, which is shorter",
        expected=f"at least {SHORTEST} characters",
        hint="make a longer token, set it on the connector host too, and raise its `version`",
    )
