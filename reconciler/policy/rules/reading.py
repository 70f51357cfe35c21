"""How rules read a spec: connectors behind URLs, memberships by agent, names that clash."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import UNMANAGED, Value
from reconciler.model.place import Place, Related
from reconciler.model.spec import Spec
from reconciler.model.states import Desired, DesiredState
from reconciler.model.words import listed

LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1", re.IGNORECASE)
_CONNECTOR_PATH = re.compile(r"/ecma2host_(?P<name>[^/]+)/scim/?")
_LOOKS_LIKE_CONNECTOR = re.compile(r"ecma2?_?host", re.IGNORECASE)


class Named(Struct, frozen=True):
    """A name that a thing of the spec claims, with the place where it does."""

    address: Address
    name: str
    place: Place | None


def clashes(claims: Iterable[tuple[object, Named]]) -> Iterator[tuple[Named, Named]]:
    """Every claim of something that was claimed before, after the first claim of it: (first, later)."""
    first: dict[object, Named] = {}
    for claimed, named in claims:
        earlier = first.setdefault(claimed, named)
        if earlier is not named:
            yield earlier, named


def related(place: Place | None, message: str) -> tuple[Related, ...]:
    """A related place where there is one."""
    return (Related(place, message),) if place else ()


def keys(addresses: Iterable[Address]) -> str:
    """The keys of things, sorted, as a sentence lists them."""
    return listed(sorted(address.key for address in addresses))


def names(spec: Spec, kind: Kind, key: str) -> Iterator[Named]:
    """The values of one textual field of all things of a kind that say it."""
    for thing in spec.desired.of(kind):
        match thing.cells.get(key, UNMANAGED):
            case Value(str() as text, place):
                yield Named(thing.address, text, place or thing.place)


def group_of(desired: DesiredState, app: Address) -> Address | None:
    """The group that an app is declared to be served by; None where it is unmanaged or cleared."""
    match desired.cell(app, "group"):
        case Value(Address() as group):
            return group
    return None


def apps_by_group(desired: DesiredState) -> Mapping[Address, list[Desired]]:
    """The apps that are declared to be served by each group."""
    served: defaultdict[Address, list[Desired]] = defaultdict(list)
    for app in desired.of(Kind.APP):
        group = group_of(desired, app.address)
        if group is not None:
            served[group].append(app)
    return served


def declares_members(desired: DesiredState, group: Address) -> bool:
    """Whether the spec manages who is in a group that it defines."""
    return group in desired.things and desired.cell(group, "agents") != UNMANAGED


def groups_by_agent(desired: DesiredState) -> Mapping[Address, list[Address]]:
    """The groups that each agent is declared a member of or stands by for."""
    groups: defaultdict[Address, list[Address]] = defaultdict(list)
    for group in desired.of(Kind.GROUP):
        for agent in desired.members(group.address) | desired.members(group.address, "standby"):
            groups[agent].append(group.address)
    return groups


class Connector(Struct, frozen=True):
    """Where an app is reached. `name` is the connector's on its host, "" for a SCIM server or a URL that has none."""

    app: Address
    url: str
    parts: SplitResult
    name: str
    is_ecma: bool
    place: Place | None

    @property
    def host(self) -> str:
        """The host that agents call, in small letters, with its port as the URL writes it."""
        return self.parts.netloc.rpartition("@")[2].lower()

    @property
    def is_on_loopback(self) -> bool:
        """Whether each agent would call its own host."""
        return bool(LOOPBACK.fullmatch(self.parts.hostname or ""))


def connector_of(desired: DesiredState, app: Desired) -> Connector | None:
    """The connector of an app; None where its URL is unmanaged, cleared, or cannot be split into parts."""
    url = desired.text(app.address, "connector.url")
    if not url:
        return None
    given = desired.text(app.address, "connector.name")
    place = desired.place(app.address, "connector.name" if given else "connector.url")
    return _connector(app.address, url, given, place)


@lru_cache(maxsize=4096)
def _connector(app: Address, url: str, given: str, place: Place | None) -> Connector | None:
    """A connector. Kept, since several rules look at every app's."""
    parts = _split(url)
    if parts is None:
        return None
    found = _CONNECTOR_PATH.fullmatch(parts.path)
    name = given or (found["name"] if found else "")
    is_ecma = bool(given or _LOOKS_LIKE_CONNECTOR.search(parts.path))
    return Connector(app, url, parts, name, is_ecma, place)


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None where it has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def connectors(spec: Spec) -> Iterator[Connector]:
    """The connectors of all apps that declare one."""
    for app in spec.desired.of(Kind.APP):
        connector = connector_of(spec.desired, app)
        if connector is not None:
            yield connector
