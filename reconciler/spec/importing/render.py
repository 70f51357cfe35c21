"""The files of an import: one for each app, one for each mapping that several apps share, the rest by kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.cells import Clear, Value
from reconciler.model.fields import FIELDS, MAPPING_PREFIX
from reconciler.model.mappings import Clause, DesiredAttribute, DesiredMapping, Flow, ScopingFilter, SourceKind
from reconciler.model.spec import Cloud, Spec
from reconciler.model.states import Desired
from reconciler.spec.binding_line import binding_line
from reconciler.spec.files import ROOT_FILE
from reconciler.spec.importing.allowed import SINGLE
from reconciler.spec.importing.draft import Draft
from reconciler.spec.importing.keys import slug
from reconciler.spec.importing.text import Node, Remarked, Row, document

_HOSTS = "The service knows nothing of a host: say here what you know of each agent's site, egress and proxy."
_WHOLE = "What this import left out, and why:"
_TEMPLATE_NAME = "PLACEHOLDER"
_FULL_NAME = "urn:"
_OFTEN = 2
"""How many names a prefix has to shorten."""
_PROFILES: Node = {SINGLE: Row({"minDeclared": 1, "minActive": 1})}
_FIRST = ("User", "Group")
"""The source objects whose mappings stand before the others."""


@dataclass(slots=True)
class _Shared:
    """The mappings of all apps by their text, and the keys of those that several apps have."""

    nodes: dict[str, Node] = field(default_factory=dict)
    users: dict[str, list[Desired]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


def rendered(
    draft: Draft, spec: Spec, names: Mapping[str, str], taken: Iterable[str], *, whole: bool
) -> dict[str, str]:
    """The texts of the files by name.

    `names` are the display names of principals by id, `taken` the keys of mappings that are not free. `whole` is
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
    shared = _shared_mappings(_of(draft, Kind.APP), taken)
    for text, key in shared.keys.items():
        sections[f"mappings/{key}.yaml"] = {"mappings": {key: shared.nodes[text]}}
    for app in _of(draft, Kind.APP):
        sections[f"apps/{app.address.key}.yaml"] = {"apps": {app.address.key: _app(app, draft, names, shared)}}
    remarks = [_WHOLE, *(f"- {text}" for text in draft.whole)] if draft.whole else []
    return {
        file: binding_line(file) + document(content, remarks if file == ROOT_FILE else ())
        for file, content in sections.items()
    }


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
    members = _members(thing)
    remarks = tuple(draft.remarks.get(thing.address, ()))
    if thing.address.kind in {Kind.AGENT, Kind.CONNECTOR_HOST}:
        return Remarked(Row(members), remarks)
    return _remarked(members, remarks)


def _app(app: Desired, draft: Draft, names: Mapping[str, str], shared: _Shared) -> Node:
    members = _members(app)
    match app.cells.get("servicePrincipal.id"):
        case Value(str(live_id)) if names.get(live_id):
            members["servicePrincipal"] = Remarked(members["servicePrincipal"], beside=names[live_id])
    mappings: list[Node] = []
    for mapping in _mappings(app):
        text = document({"mapping": _mapping(mapping)})
        mappings.append(shared.keys.get(text) or shared.nodes[text])
    if mappings:
        members["mappings"] = mappings
    return _remarked(members, tuple(draft.remarks.get(app.address, ())))


def _remarked(members: dict[str, Node], remarks: tuple[str, ...]) -> Node:
    """A table with remarks above its first key."""
    first = next(iter(members))
    inner = members[first]
    beside = inner.beside if isinstance(inner, Remarked) else ""
    node = inner.node if isinstance(inner, Remarked) else inner
    return {**members, first: Remarked(node, remarks, beside)} if remarks else members


def _members(thing: Desired) -> dict[str, Node]:
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


def _shared_mappings(apps: Sequence[Desired], taken: Iterable[str]) -> _Shared:
    """Every mapping once; those that several apps have get keys, the one that most have the plainest."""
    shared = _Shared()
    stems: dict[str, str] = {}
    for app in apps:
        for mapping in _mappings(app):
            node = _mapping(mapping)
            text = document({"mapping": node})
            shared.nodes[text] = node
            shared.users.setdefault(text, []).append(app)
            stems.setdefault(text, _stem(app, mapping))
    used = set(taken)
    for text in sorted(shared.users, key=lambda text: (-len(shared.users[text]), shared.users[text][0].address)):
        if len(shared.users[text]) > 1:
            shared.keys[text] = next(key for key in _numbered(stems[text]) if key not in used)
            used.add(shared.keys[text])
    return shared


def _stem(app: Desired, mapping: DesiredMapping) -> str:
    """What mappings of one kind are called: by the template of the job and the object, such as `on-premises-users`."""
    template = app.cells.get("job.template")
    name = str(template.value) if isinstance(template, Value) else ""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return slug(f"{words} {mapping.source}s")[0] or "mapping"


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _mapping(mapping: DesiredMapping) -> Node:
    matching = mapping.match.value if isinstance(mapping.match, Value) else ()
    prefix = _prefix({*matching, *mapping.attributes})
    node: dict[str, Node] = {"source": mapping.source, "target": mapping.target}
    if prefix:
        node["prefix"] = prefix
    if isinstance(mapping.flow, Value | Clear):
        chosen = mapping.flow.value if isinstance(mapping.flow, Value) else frozenset()
        node["flow"] = flow_node(chosen)
    if matching:
        node["match"] = [target.removeprefix(prefix) for target in matching]
    ordered = sorted(mapping.attributes, key=lambda each: (_rank(each, matching), each.casefold(), each))
    if ordered:
        node["attributes"] = {each.removeprefix(prefix): attribute_node(mapping.attributes[each]) for each in ordered}
    match mapping.filter:
        case Clear():
            node["filter"] = []
        case Value(groups):
            node["filter"] = filter_node(groups)
    return node


def flow_node(chosen: AbstractSet[Flow]) -> Node:
    """What may be done to objects, in the order of the words."""
    return [flow.value for flow in Flow if flow in chosen]


def filter_node(groups: ScopingFilter) -> Node:
    """A scoping filter as a spec writes it."""
    return [
        {**({"name": group.name} if group.name else {}), "all": [_clause(clause) for clause in group.clauses]}
        for group in groups
    ]


def _rank(target: str, matching: Sequence[str]) -> int:
    """Where an attribute stands: those that match objects first, in their order."""
    return matching.index(target) if target in matching else len(matching)


def _prefix(targets: Iterable[str]) -> str:
    """What shortens the names: the longest beginning up to a colon that most of them have, where all can be told."""
    names = sorted(targets)
    ends = Counter(beginning for name in names if (beginning := _beginning(name)))
    best = max(sorted(ends), key=lambda prefix: ends[prefix], default="")
    if ends[best] < _OFTEN:
        return ""
    fits = all(_stands_alone(name) for name in names if not name.startswith(best))
    told = not any(_stands_alone(name.removeprefix(best)) for name in names if name.startswith(best))
    return best if fits and told else ""


def _beginning(name: str) -> str:
    """A full name up to its last colon; "" of any other name."""
    stem, colon, rest = name.rpartition(":")
    return f"{stem}:" if colon and name.startswith(_FULL_NAME) and not _stands_alone(rest) else ""


def _stands_alone(name: str) -> bool:
    """Whether no prefix is put before a name: a full one, the template's own, or none at all."""
    return not name or name.startswith(_FULL_NAME) or name == _TEMPLATE_NAME


def attribute_node(attribute: DesiredAttribute) -> Node:
    """An attribute mapping as a spec writes it."""
    members: dict[str, Node] = {}
    source = attribute.source
    if isinstance(source, Clear):
        return None
    match source.kind:
        case SourceKind.ATTRIBUTE:
            members["source"] = source.text
        case SourceKind.CONSTANT:
            members["constant"] = source.text
        case SourceKind.EXPRESSION:
            members["expression"] = f"={source.text}" if source.text.startswith("=") else source.text
    if attribute.apply is not None:
        members["apply"] = attribute.apply.value
    if attribute.when is not None:
        members["when"] = attribute.when.value
    match attribute.default:
        case Value(text):
            members["default"] = text
        case Clear():
            members["default"] = None
    return _short(members)


def _short(members: dict[str, Node]) -> Node:
    """The short form of an attribute that says no more than where its value comes from."""
    match members:
        case {"source": str(name)} if len(members) == 1 and not name.startswith("="):
            return name
        case {"expression": str(text)} if len(members) == 1:
            return text if text.startswith("=") else f"={text}"
    return Row(members)


def _clause(clause: Clause) -> Node:
    members: dict[str, Node] = {"attribute": clause.attribute, "operator": clause.operator}
    if len(clause.values) == 1:
        members["value"] = clause.values[0]
    elif clause.values:
        members["values"] = list(clause.values)
    return Row(members)
