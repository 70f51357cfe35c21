"""EPR021: the address of a proxy is http://HOST:PORT."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.cells import Value
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages

RULE = Rule(
    "EPR021",
    "The address of a proxy is http://HOST:PORT",
    "The agent reads its proxy from a .NET configuration file, and an address that it cannot read breaks every call it "
    "makes. The scheme is http even for an IP address, and the proxy cannot ask for a name and a password.",
    fixed=False,
    page=pages.PROXY,
)
_ADDRESS = re.compile(r"http://(?P<host>[^\s/@:\[\]]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})/?", re.IGNORECASE)
_PARTS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/]*@)?(?P<host>[^\s/@:\[\]]+):(?P<port>[0-9]{1,5})(?:/.*)?", re.IGNORECASE
)
_MOST = 65_535


def check(spec: Spec) -> Iterator[Finding]:
    """Proxies whose address has another scheme, no port, a name and a password, or a path."""
    for proxy in spec.desired.of(Kind.PROXY):
        match proxy.cells.get("address"):
            case Value(str() as text, place) if not _is_address(text):
                yield RULE.finding(
                    f"the address of {proxy.address} is none that an agent can use",
                    address=str(proxy.address),
                    place=place or proxy.place,
                    found=_without_password(text),
                    expected="http://HOST:PORT",
                    hint="the scheme is http, the port is written out, and there is no name, password or path",
                    suggestion=_nearest(text),
                )


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and 0 < int(found["port"]) <= _MOST


def _without_password(text: str) -> str:
    """The address as it may be shown: somebody may have written a password into it."""
    before, sign, host = text.rpartition("@")
    return f"{before.partition('://')[0] if '://' in before else '...'}://...@{host}" if sign else text


def _nearest(text: str) -> str:
    found = _PARTS.fullmatch(text)
    near = f"http://{found['host']}:{found['port']}" if found else ""
    return near if _is_address(near) else ""
