"""What a tenant holds as desired things, and a remark for all that they leave unmanaged.

What the service does not show is not said, and so never managed: tokens, and everything about an agent's host.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.cells import Known, LiveCell, Reason, Unreadable, Value
from reconciler.model.fields import FIELDS, MAPPING_PREFIX, MAPPINGS
from reconciler.model.inventory import GroupRecord, ResourceRecord
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.states import Desired, FieldValue, Thing
from reconciler.model.words import listed
from reconciler.spec.cells import Cell
from reconciler.spec.importing.found import Found, agents_meant
from reconciler.spec.importing.gaps import left_out
from reconciler.spec.importing.keys import keys_for
from reconciler.spec.importing.mappings import desired_mapping, signature
from reconciler.spec.importing.pairing import paired
from reconciler.spec.importing.sayable import is_line

_CONNECTOR_URL = re.compile(
    r"https://(?P<host>\[[^\]]+\]|[^/:@\s\[\]]+):(?P<port>[1-9]\d{0,4})/ecma2host_(?P<name>[^/\s?#]+)/scim/?"
)
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "connector.url": (re.compile(r"https?://[^/\s]\S*"), "is no http or https URL"),
    "provisioning.notify": (re.compile(r"[^@\s]+@[^@\s]+"), "is not one e-mail address"),
    "window.start": (re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "is no time of hours and minutes"),
    "window.end": (re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "is no time of hours and minutes"),
    "deferUntil": (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)"), "is no moment"),
}
"""The form that a spec asks of a value, and what is wrong with one that has it not."""

_JOB_KEYS = ("job.template", "job.enabled")
_THRESHOLDS = range(1, 10**9 + 1)
_LIMITED = {"provisioning.deleteThreshold"}


class Remark(Struct, frozen=True):
    """What is left unmanaged and why; `about` is the field that it is about, "" for the thing as a whole."""

    text: str
    about: str = ""


@dataclass(slots=True)
class Draft:
    """Things by address, remarks by the address of the thing that they stand at, and remarks on the whole.

    `held` has of each app's mapping what the service holds, by the address of its cell: what a spec must not take away.
    `may_define` is whether availability profiles can be defined: not where a file of the spec has its own. Of mappings
    that are equal there is one object (`once`), so that what is wrong with it is told once. `filled` has the apps that
    the spec knows already, with what it says of them: of these there is here what it does not say. The mappings of the
    apps `apart` do not fit into the file of their app.
    """

    things: dict[Address, Desired] = field(default_factory=dict)
    remarks: dict[Address, list[Remark]] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)
    held: dict[Address, ObjectMapping] = field(default_factory=dict)
    may_define: bool = True
    once: dict[Hashable, DesiredMapping] = field(default_factory=dict)
    filled: Mapping[Address, Mapping[str, Cell]] = field(default_factory=dict)
    apart: set[Address] = field(default_factory=set)

    def add(self, address: Address, cells: Mapping[str, Cell], remarks: Iterable[Remark] = ()) -> None:
        """Take a thing in."""
        self.things[address] = Thing(address, dict(cells))
        self.remark(address, *remarks)

    def remark(self, address: Address, *remarks: Remark) -> None:
        """Say something of a thing."""
        if remarks:
            self.remarks.setdefault(address, []).extend(remarks)

    def drop(self, address: Address, *keys: str) -> None:
        """Leave fields of a thing unmanaged: those of these keys and below them."""
        thing = self.things[address]
        kept = {key: cell for key, cell in thing.cells.items() if not _is_below(key, keys)}
        self.things[address] = Thing(address, kept)


def draft_of(found: Found) -> Draft:
    """The draft of everything that was found and that the spec does not have yet; of apps to fill, what they lack."""
    draft = Draft(filled=found.filled)
    owned = paired(found)
    _agents(draft, found)
    _groups(draft, found, {group for resource in owned.values() for group in resource.groups})
    _apps(draft, found)
    _resources(draft, found, owned)
    if UPDATER not in found.known.taken:
        cells, remarks = _updater(found.records.updater)
        if cells:
            draft.add(UPDATER, cells, remarks)
    for address, said in found.filled.items():
        _fill(draft, address, said)
    return draft


def _fill(draft: Draft, address: Address, said: Mapping[str, Cell]) -> None:
    """Leave of an app that the spec has what it does not say of it yet."""
    cells = left_out(draft.things.pop(address).cells, said)
    remarks = [each for each in draft.remarks.pop(address, []) if each.about not in said]
    draft.remark(address, *remarks)
    if cells:
        draft.things[address] = Thing(address, cells)


def _is_below(key: str, keys: Iterable[str]) -> bool:
    return any(key == above or key.startswith((f"{above}.", f"{above}/")) for above in keys)


def _agents(draft: Draft, found: Found) -> None:
    meant = {agent.id: agent for agent in agents_meant(found.records)}
    for live_id, address in _fresh(found.keyed.agents, found):
        agent = meant[live_id]
        others = sorted(
            other.id
            for other in found.records.agents.values()
            if other.id != live_id and other.machine_name.casefold() == agent.machine_name.casefold()
        )
        cells: dict[str, Cell] = {"machineName": Value(agent.machine_name)}
        active = [other for other in others if found.records.agents[other].status == agent.status]
        if active:
            cells["id"] = Value(live_id)
        remarks = [Remark(f"Registered more than once: {listed(others)} has the same machine name.")] if others else []
        draft.add(address, cells, remarks)


def _groups(draft: Draft, found: Found, serving: AbstractSet[str]) -> None:
    groups = found.records.groups
    for group in sorted(groups.values(), key=lambda group: group.id):
        if group.id not in found.keyed.groups:
            draft.whole.append(f"The group {group.id} has a name that no spec can hold: {group.display_name}")
    names = [group.display_name.casefold() for group in groups.values()]
    for live_id, address in _fresh(found.keyed.groups, found):
        group = groups[live_id]
        if group.is_default and live_id not in serving:
            continue
        cells: dict[str, Cell] = {"displayName": Value(group.display_name)}
        if group.is_default or names.count(group.display_name.casefold()) > 1:
            cells["id"] = Value(live_id)
        remarks = [Remark(text) for text in _members(cells, group, found)]
        draft.add(address, cells, remarks)


def _members(cells: dict[str, Cell], group: GroupRecord, found: Found) -> Iterator[str]:
    """Manage the members of a group, unless it is the service's own or one of them has no key."""
    strangers = sorted(member for member in group.agents if member not in found.keyed.agents)
    if group.is_default:
        yield "The service's default group: its members are left unmanaged. Serve apps by groups of your own."
    elif strangers:
        yield (
            f"Its members are left unmanaged: {listed(strangers)} is a member and no agent that is meant. Take it "
            "out of the group, then list the agents here."
        )
    else:
        cells["agents"] = Value(frozenset(found.keyed.agents[member] for member in group.agents))


def _apps(draft: Draft, found: Found) -> None:
    fresh = _fresh(found.keyed.apps, found)
    hosts = _hosts(draft, found, [address for _, address in fresh if not _has_connector(address, found)])
    for live_id, address in fresh:
        thing = found.live.things.get(address)
        remarks: list[Remark] = []
        cells: dict[str, Cell] = {"servicePrincipal.id": Value(live_id)}
        cells |= dict(_app_cells(draft, address, thing.cells if thing else {}, remarks))
        _place_connector(cells, hosts)
        draft.add(address, cells, remarks)


def _has_connector(app: Address, found: Found) -> bool:
    return any(key.startswith("connector.") for key in found.filled.get(app, {}))


def _hosts(draft: Draft, found: Found, apps: Iterable[Address]) -> Mapping[tuple[str, str], str]:
    """The keys of the connector hosts that apps are reached by; those that the spec does not have yet are taken in."""
    hosts: dict[tuple[str, str], str] = {}
    urls = [found.live.text(address, "connector.url") for address in apps]
    places = {(match["host"], match["port"]) for url in urls for match in [_CONNECTOR_URL.fullmatch(url)] if match}
    texts = {f"{host}:{port}": host.strip("[]").partition(".")[0] for host, port in sorted(places)}
    keys = keys_for(texts, "host", found.known.of(Kind.CONNECTOR_HOST))
    for host, port in sorted(places):
        known = found.known.hosts.get((host.strip("[]"), int(port)))
        hosts[host, port] = known.key if known else keys[f"{host}:{port}"]
        if not known:
            cells: dict[str, Cell] = {"address": Value(host.strip("[]")), "port": Value(int(port))}
            draft.add(Address(Kind.CONNECTOR_HOST, hosts[host, port]), cells)
    return hosts


def _app_cells(
    draft: Draft, app: Address, live: Mapping[str, LiveCell[FieldValue]], remarks: list[Remark]
) -> Iterator[tuple[str, Cell]]:
    has_job = isinstance(live.get("job.id"), Known)
    known = {field.key for field in FIELDS[Kind.APP]}
    if not has_job and not isinstance(live.get("job.id"), Unreadable):
        remarks.append(Remark("It has no synchronization job yet: job and mappings are left unmanaged."))
    for key, cell in live.items():
        of_job = key in _JOB_KEYS or key.startswith(MAPPING_PREFIX)
        match cell:
            case Unreadable() if key not in {"job.id", "job.status"}:
                remarks.extend(_unread(key, cell, is_field=key in known))
            case Known(ObjectMapping() as mapping) if has_job:
                desired, left = desired_mapping(mapping)
                remarks.extend(Remark(text, key) for text in left)
                if desired is not None:
                    draft.held[app.within(key)] = mapping
                    yield key, Value(draft.once.setdefault(signature(desired), desired))
            case Known(value) if key in _SAID and (has_job or not of_job):
                yield from _said(key, value, remarks)


def _unread(key: str, cell: Unreadable, *, is_field: bool) -> Iterator[Remark]:
    name = key.rpartition(".")[2]
    match cell.reason:
        case Reason.MASKED if is_field:
            yield Remark(
                f"{name} is set, and the service never shows it; before you change this, add: {name}: {{env: NAME}}",
                key,
            )
        case Reason.MASKED:
            text = f"{key} is set and hidden, and no spec can name it: change connector and provisioning at the portal."
            yield Remark(text, key)
        case Reason.FAILED:
            text = f"{'the mappings' if key == MAPPINGS else key} could not be read: {cell.detail}."
            yield Remark(text, key)


def _said(key: str, value: FieldValue, remarks: list[Remark]) -> Iterator[tuple[str, Cell]]:
    """A value that a spec can say; a remark on one that it cannot."""
    form, wrong = _FORMS.get(key, (None, ""))
    if isinstance(value, str) and not is_line(value):
        fault = "is a text that no spec can hold"
    elif form is not None and not form.fullmatch(str(value)):
        fault = wrong
    elif key in _LIMITED and value not in _THRESHOLDS:
        fault = "is out of the range that a spec takes"
    else:
        yield key, Value(value)
        return
    remarks.append(Remark(f"{key} {fault}, so it is left unmanaged: {value}", key))


def _place_connector(cells: dict[str, Cell], hosts: Mapping[tuple[str, str], str]) -> None:
    """Name the connector host of a URL that is one's."""
    match cells.get("connector.url"):
        case Value(str(url)):
            found = _CONNECTOR_URL.fullmatch(url)
            if found and (found["host"], found["port"]) in hosts:
                key = hosts[found["host"], found["port"]]
                cells["connector.host"] = Value(Address(Kind.CONNECTOR_HOST, key))
                cells["connector.name"] = Value(found["name"])


def _resources(draft: Draft, found: Found, owned: Mapping[Address, ResourceRecord]) -> None:
    """Tie apps to their published resources, and say of every other resource that nobody manages it."""
    names = [each.resource_name.casefold() for each in found.records.resources.values()]
    for address, resource in sorted(owned.items()):
        cells, remark = _resource_cells(resource, found)
        if cells and names.count(resource.resource_name.casefold()) > 1:
            cells["resource.id"] = Value(resource.id)
        draft.add(address, {**draft.things[address].cells, **cells}, [Remark(remark, "group")] if remark else [])
    taken = {*found.known.resources, *(resource.id for resource in owned.values())}
    free = [each for each in found.records.resources.values() if each.id not in taken]
    if free:
        draft.whole.append(
            "The service does not say whose published resource one is. An app is tied to its own by `resource` and "
            f"`group`, which this import could not tell: {', '.join(sorted(_described(each, found) for each in free))}"
        )


def _described(resource: ResourceRecord, found: Found) -> str:
    groups = sorted(str(found.keyed.groups.get(group, group)) for group in resource.groups)
    name = resource.resource_name or resource.id
    return f"{name} (served by {' and '.join(groups)})" if groups else name


def _resource_cells(resource: ResourceRecord, found: Found) -> tuple[dict[str, Cell], str]:
    """The cells of an assignment, where exactly one group serves the resource and has a key."""
    serving = sorted(resource.groups)
    groups = sorted(str(found.keyed.groups.get(group, group)) for group in serving)
    if not serving:
        return {}, f"No group serves its published resource, {resource.resource_name}: both are left unmanaged."
    if len(serving) > 1:
        return {}, f"{listed(groups)} serve it, and a spec names one: its group is unmanaged until only one is left."
    if serving[0] not in found.keyed.groups or not is_line(resource.resource_name):
        name = resource.resource_name or resource.id
        return {}, f"The published resource {name}, or its group, has a name that no spec can hold: left unmanaged."
    cells: dict[str, Cell] = {
        "resource.resourceName": Value(resource.resource_name),
        "group": Value(found.keyed.groups[serving[0]]),
    }
    if is_line(resource.display_name) and resource.display_name != resource.resource_name:
        cells["resource.displayName"] = Value(resource.display_name)
    return cells, ""


def _updater(live: Mapping[str, LiveCell[FieldValue]]) -> tuple[dict[str, Cell], list[Remark]]:
    remarks: list[Remark] = []
    cells = dict(
        pair for key, cell in live.items() if isinstance(cell, Known) for pair in _said(key, cell.value, remarks)
    )
    if not {"window.start", "window.end"} <= cells.keys():
        cells = {key: cell for key, cell in cells.items() if not key.startswith("window.")}
    return cells, remarks


def _fresh(addresses: Mapping[str, Address], found: Found) -> list[tuple[str, Address]]:
    """What the spec has no key for yet, and apps to fill, in the order of the keys."""
    return sorted(
        (
            (live_id, address)
            for live_id, address in addresses.items()
            if address not in found.known.taken or address in found.filled
        ),
        key=lambda pair: pair[1],
    )


_SAID = frozenset(
    each.key
    for each in FIELDS[Kind.APP]
    if each.key in {*_JOB_KEYS, "connector.url"} or each.key.startswith("provisioning.")
)
