"""EPR022: the agents of a group that stand in one site use one proxy."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Clear, Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import Desired
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import related

RULE = Rule(
    "EPR022",
    "The agents of a group that stand in one site use one proxy",
    "The agents of a group stand in for each other. Where two in one site leave by different proxies, one of them was "
    "most likely forgotten when the proxy moved, and an app works or fails by the agent that happens to be asked.",
    Severity.WARNING,
    fixed=False,
    page=pages.PROXY,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups in which agents of one site declare different proxies. An agent that does not say has no part in it."""
    told: set[tuple[Address, Address]] = set()
    for group in spec.desired.of(Kind.GROUP):
        first: dict[str, Address] = {}
        for agent in sorted(spec.desired.members(group.address) | spec.desired.members(group.address, "standby")):
            site = spec.desired.text(agent, "site")
            if site and _says(spec, agent):
                other = first.setdefault(site, agent)
                if _proxy(spec, other) != _proxy(spec, agent) and (other, agent) not in told:
                    told.add((other, agent))
                    yield _finding(spec, group, other, agent)


def _says(spec: Spec, agent: Address) -> bool:
    return isinstance(spec.desired.cell(agent, "proxy"), Value | Clear)


def _proxy(spec: Spec, agent: Address) -> Address | None:
    match spec.desired.cell(agent, "proxy"):
        case Value(Address() as proxy):
            return proxy
    return None


def _finding(spec: Spec, group: Desired, other: Address, agent: Address) -> Finding:
    one, two = (proxy.key if proxy else "none" for proxy in (_proxy(spec, other), _proxy(spec, agent)))
    return RULE.finding(
        f"{agent} and {other} of {group.address} stand in one site and leave by different proxies",
        address=str(agent),
        place=spec.desired.place(agent, "proxy"),
        related=related(spec.desired.place(other, "proxy"), f"{other} uses {one}"),
        found=two,
        expected=one,
        hint="give both the same proxy, or different sites",
        suggestion=one if _proxy(spec, other) else "",
    )
