"""EPR007: a tenant URL has the form that agents and connector hosts understand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import Desired
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import Connector, connector_of, related

DEFAULT_PORT = 8585

RULE = Rule(
    "EPR007",
    "A tenant URL has the form https://HOST:PORT/ecma2host_CONNECTOR/scim",
    "The connector host finds the connector by this path, and the connector's name in it counts upper and lower case. "
    "Any other form fails with `invalid resource` when the job first runs. A SCIM server's URL is its own, but needs "
    "a scheme, a host and a port that exists.",
    fixed=False,
    page=pages.CONNECTOR_TROUBLE,
)
_NAME = re.compile(r"[^\s/?#%]+")


class _Fault(Struct, frozen=True):
    message: str
    expected: str
    hint: str
    suggestion: str = ""


def check(spec: Spec) -> Iterator[Finding]:
    """URLs that cannot work, and connectors whose names on one host differ only by case."""
    names: dict[tuple[str, str], Connector] = {}
    for app in spec.desired.of(Kind.APP):
        connector = connector_of(spec.desired, app)
        fault = _unsplittable(spec, app) if connector is None else _fault(connector)
        if fault:
            yield _finding(spec, app, fault)
        elif connector and connector.is_ecma:
            first = names.setdefault((connector.host, connector.name.lower()), connector)
            if first.name != connector.name:
                yield _differs_by_case(connector, first)


def _finding(spec: Spec, app: Desired, fault: _Fault) -> Finding:
    return RULE.finding(
        f"{app.address}: {fault.message}",
        address=str(app.address),
        place=spec.desired.place(app.address, "connector.url"),
        found=spec.desired.text(app.address, "connector.url"),
        expected=fault.expected,
        hint=fault.hint,
        suggestion=fault.suggestion,
    )


def _unsplittable(spec: Spec, app: Desired) -> _Fault | None:
    if not spec.desired.text(app.address, "connector.url"):
        return None
    return _Fault("the tenant URL cannot be read", "https://HOST/PATH", "brackets go around an IPv6 address only")


def _fault(connector: Connector) -> _Fault | None:
    """The first thing that is wrong with a URL; the rest shows once that is mended."""
    parts = connector.parts
    try:
        port = parts.port
    except ValueError:
        return _Fault(
            "the port does not exist", "a port from 1 to 65535", f"a connector host listens on {DEFAULT_PORT}"
        )
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        return _Fault("the tenant URL names no host", "https://HOST/PATH", "write the URL whole, with https://")
    if "@" in parts.netloc:
        return _Fault("the tenant URL holds a user name", "a URL without one", "the token belongs into secretToken")
    return _connector_fault(connector, port) if connector.is_ecma else None


def _connector_fault(connector: Connector, port: int | None) -> _Fault | None:
    parts = connector.parts
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    form = f"https://{host}:{port or DEFAULT_PORT}/ecma2host_{connector.name or 'CONNECTOR'}/scim"
    suggestion = form if connector.name else ""
    if parts.scheme != "https":
        return _Fault("a connector host answers on https only", form, "write https://", suggestion)
    if port is None:
        hint = f"without a port the URL means 443; a connector host listens on {DEFAULT_PORT} unless it was changed"
        return _Fault("the tenant URL of a connector host needs its port", form, hint, suggestion)
    if not _NAME.fullmatch(connector.name):
        hint = "the path is `/ecma2host_` and the connector's name as its host shows it, then `/scim`"
        return _Fault("the path names no connector", form, hint, suggestion)
    if parts.query or parts.fragment:
        return _Fault("the tenant URL goes on after `/scim`", form, "leave out what follows `/scim`", suggestion)
    return None


def _differs_by_case(connector: Connector, first: Connector) -> Finding:
    return RULE.finding(
        f"{connector.app}: the connector {connector.name} differs from {first.app}'s {first.name} only by case",
        address=str(connector.app),
        place=connector.place,
        related=related(first.place, f"{first.app} writes it {first.name}"),
        found=connector.name,
        expected="a name that differs by more than upper and lower case",
        hint="upper and lower case count in this name: see how the connector host shows it",
    )
