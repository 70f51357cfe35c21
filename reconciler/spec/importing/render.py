"""The files of an import: one for each app, one for each mapping that several apps use, the rest by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.cells import Value
from reconciler.model.fields import FIELDS, MAPPING_PREFIX, MAPPINGS
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.spec import Cloud, Spec
from reconciler.model.states import Desired
from reconciler.spec.binding_line import binding_line
from reconciler.spec.files import ROOT_FILE
from reconciler.spec.importing.allowed import SINGLE
from reconciler.spec.importing.draft import Draft, Remark
from reconciler.spec.importing.keys import slug
from reconciler.spec.importing.nodes import mapping_node, use_node
from reconciler.spec.importing.sharing import Found, Known, Use, shared
from reconciler.spec.importing.text import Node, Remarked, Row, document

_HOSTS = "The service knows nothing of a host: say here what you know of each agent's site, egress and proxy."
_WHOLE = "What this import left out, and why:"
_PROFILES: Node = {SINGLE: Row({"minDeclared": 1, "minActive": 1})}
_FIRST = ("User", "Group")
"""The source objects whose mappings stand before the others."""

_Remarks = Mapping[Address, Sequence[Remark]]

MAPPINGS_FOLDER = "mappings/"
APPS_FOLDER = "apps/"


class Rendered(Struct, frozen=True):
    """The texts of the files by name, and which mappings are said by a name, by their addresses."""

    texts: Mapping[str, str]
    uses: Mapping[Address, Use]


def rendered(draft: Draft, spec: Spec, names: Mapping[str, str], known: Sequence[Known], *, whole: bool) -> Rendered:
    """The files; apps that the spec has already, and that are filled, are in none of them.

    `names` are the display names of principals by id, `known` the mappings that the spec names already. `whole` is
    whether the spec begins with these files: then `reconciler.yaml` is one of them.
    """
    sections: dict[str, dict[str, Node]] = {}
    if whole:
        sections[ROOT_FILE] = _root(draft, spec)
    for file, section, kind in (
        ("agents.yaml", "agents", Kind.AGENT),
        ("groups.yaml", "groups", Kind.GROUP),
        ("connector-hosts.yaml", "connectorHosts", Kind.CONNECTOR_HOST),
    ):
        things = _of(draft, kind)
        if things:
            sections[file] = {section: {thing.address.key: _thing(thing, draft) for thing in things}}
    if not whole and _needs_profile(draft):
        sections["groups.yaml"]["policy"] = {"availabilityProfiles": _PROFILES}
    if "agents.yaml" in sections:
        sections["agents.yaml"] = {"agents": Remarked(sections["agents.yaml"]["agents"], (_HOSTS,))}
    apps = _of(draft, Kind.APP)
    named, uses = shared(list(_found(apps, draft)), known)
    remarks, of_mappings = _settled_remarks(draft, uses)
    for each in sorted(named, key=lambda each: each.key):
        named_node = _remarked(mapping_node(each.mapping), of_mappings.get(each.key, ()))
        sections[f"{MAPPINGS_FOLDER}{each.key}.yaml"] = {"mappings": {each.key: named_node}}
    for app in apps:
        if app.address not in draft.filled:
            node = _app(app, remarks.get(app.address, ()), names, uses)
            sections[f"{APPS_FOLDER}{app.address.key}.yaml"] = {"apps": {app.address.key: node}}
    left = [_WHOLE, *(f"- {text}" for text in draft.whole)] if draft.whole else []
    texts = {
        file: binding_line(file) + document(content, left if file == ROOT_FILE else ())
        for file, content in sections.items()
    }
    return Rendered(texts, uses)


def _root(draft: Draft, spec: Spec) -> dict[str, Node]:
    tenant: dict[str, Node] = {"name": spec.tenant.name, "id": spec.tenant.id}
    if spec.tenant.cloud is not Cloud.GLOBAL:
        tenant["cloud"] = spec.tenant.cloud.value
    tenant["endpoint"] = spec.tenant.endpoint
    if spec.tenant.seed:
        tenant["seed"] = spec.tenant.seed
    if len(spec.surfaces) < 3:
        why = "What lies outside of these was not read by the import, and is neither planned nor shown as drift."
        tenant["surfaces"] = Remarked(sorted(surface.value for surface in spec.surfaces), (why,))
    policy: dict[str, Node] = {"availability": spec.policy.availability}
    if _needs_profile(draft):
        policy["availabilityProfiles"] = _PROFILES
    sections: dict[str, Node] = {"version": 1, "tenant": tenant, "policy": policy}
    if UPDATER in draft.things:
        sections["updates"] = _thing(draft.things[UPDATER], draft)
    return sections


def _needs_profile(draft: Draft) -> bool:
    return any(thing.cells.get("availability") == Value(SINGLE) for thing in draft.things.values())


def _of(draft: Draft, kind: Kind) -> list[Desired]:
    return sorted(
        (thing for thing in draft.things.values() if thing.address.kind is kind), key=lambda each: each.address
    )


def _thing(thing: Desired, draft: Draft) -> Node:
    members = members_of(thing)
    remarks = draft.remarks.get(thing.address, ())
    if thing.address.kind in {Kind.AGENT, Kind.CONNECTOR_HOST}:
        return _with_remarks(Row(members), [each.text for each in remarks])
    return _remarked(members, remarks)


def _app(app: Desired, remarks: Iterable[Remark], names: Mapping[str, str], uses: Mapping[Address, Use]) -> Node:
    members = members_of(app)
    match app.cells.get("servicePrincipal.id"):
        case Value(str(live_id)) if names.get(live_id):
            members["servicePrincipal"] = Remarked(members["servicePrincipal"], beside=names[live_id])
    mappings: list[Node] = []
    for mapping in _mappings(app):
        use = uses.get(app.address.within(f"{MAPPING_PREFIX}{mapping.source}"))
        mappings.append(mapping_node(mapping) if use is None else use_node(use))
    if mappings:
        members["mappings"] = mappings
    return _remarked(members, remarks)


def _remarked(members: dict[str, Node], remarks: Iterable[Remark]) -> dict[str, Node]:
    """A table with each remark above the key that it is about; above the first one where that is not there."""
    above: dict[str, list[str]] = {}
    for remark in remarks:
        key = "mappings" if remark.about.startswith(MAPPINGS) else remark.about.partition(".")[0]
        above.setdefault(key if key in members else next(iter(members)), []).append(remark.text)
    return members | {key: _with_remarks(members[key], texts) for key, texts in above.items()}


def _with_remarks(node: Node, remarks: Iterable[str]) -> Remarked:
    if isinstance(node, Remarked):
        return Remarked(node.node, (*node.above, *remarks), node.beside)
    return Remarked(node, tuple(remarks))


def _settled_remarks(draft: Draft, uses: Mapping[Address, Use]) -> tuple[_Remarks, Mapping[str, list[Remark]]]:
    """The remarks of each app, and of each named mapping those that all apps that use it have about it."""
    left = {address: list(remarks) for address, remarks in draft.remarks.items()}
    users: dict[str, list[Address]] = {}
    for address, use in uses.items():
        users.setdefault(use.named.key, []).extend([] if use.named.theirs else [address])
    common: dict[str, list[Remark]] = {}
    for key, addresses in users.items():
        told = [[each for each in left.get(one.thing, ()) if each.about == one.part] for one in addresses]
        if told and all(each == told[0] for each in told):
            common[key] = told[0]
            for one in addresses:
                left[one.thing] = [each for each in left.get(one.thing, ()) if each.about != one.part]
    return left, common


def members_of(thing: Desired) -> dict[str, Node]:
    """The members of a thing in the order of its field table, those below one key in brackets."""
    members: dict[str, Node] = {}
    nested: dict[str, dict[str, Node]] = {}
    hosted = "connector.host" in thing.cells
    for each in FIELDS[thing.address.kind]:
        cell = thing.cells.get(each.key)
        if not isinstance(cell, Value) or (hosted and each.key == "connector.url"):
            continue
        above, _, key = each.key.rpartition(".")
        if above:
            nested.setdefault(above, {})[key] = _value(cell.value)
            members[above] = Row(nested[above])
        else:
            members[key] = _value(cell.value)
    return members


def _value(value: object) -> Node:
    match value:
        case Address():
            return value.key
        case frozenset():
            return sorted(address.key for address in value)
        case bool() | int():
            return value
    return str(value)


def _mappings(app: Desired) -> list[DesiredMapping]:
    found = [
        cell.value
        for key, cell in app.cells.items()
        if key.startswith(MAPPING_PREFIX) and isinstance(cell, Value) and isinstance(cell.value, DesiredMapping)
    ]
    return sorted(found, key=lambda each: (_FIRST.index(each.source) if each.source in _FIRST else 2, each.source))


def _found(apps: Iterable[Desired], draft: Draft) -> Iterator[Found]:
    """The mappings of apps, but for those that the spec says in part."""
    for app in apps:
        said = draft.filled.get(app.address, {})
        for mapping in _mappings(app):
            key = f"{MAPPING_PREFIX}{mapping.source}"
            address = app.address.within(key)
            if key not in said:
                held = draft.held.get(address, ObjectMapping(mapping.source, mapping.target))
                apart = bool(said) or app.address in draft.apart
                yield Found(address, mapping, held, _stem(app, mapping), must_be_named=apart)


def _stem(app: Desired, mapping: DesiredMapping) -> str:
    """What mappings of one kind are called: by the template of the job and the object, such as `on-premises-users`."""
    template = app.cells.get("job.template")
    name = str(template.value) if isinstance(template, Value) else ""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return slug(f"{words} {mapping.source}s")[0] or "mapping"
