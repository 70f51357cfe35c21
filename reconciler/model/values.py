"""The canonical JSON of every value that a cell can hold, and back. No secret's text has a form here.

text, number, switch           as they are
address                        {"ref": "group/hr"}
set of addresses               {"refs": ["agent/ams-1", …]}, sorted
list of texts                  ["a", "b"]
source of a secret             {"env" | "file": name, "version": 3}
object mapping, live           {"objectMapping": {…}}
object mapping, desired        {"mapping": {…}}
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, assert_never, cast

import rfc8785

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Absent, Clear, DesiredCell, Known, LiveCell, Unmanaged, Unreadable, Value
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
    When,
)
from reconciler.model.plan import StartValue
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

LONG = 200
"""Characters from which a value stands in a plan as a digest and an excerpt."""

EXCERPT = 80

T = TypeVar("T")


class Malformed(ReconcilerError):
    """Raised when a document does not have the shape that this program writes."""


def canonical(value: Json) -> bytes:
    """The one serialisation of a JSON value (RFC 8785), for digests and comparison."""
    return rfc8785.dumps(value)


def digest_of(value: Json) -> str:
    """`sha256:` and the SHA-256 of a value's canonical form."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def value_to_json(value: FieldValue | None) -> Json:
    """The JSON of a cell's value; None where there is none."""
    match value:
        case None | bool() | int() | str():
            return value
        case Address():
            return {"ref": str(value)}
        case frozenset():
            return {"refs": sorted(str(address) for address in value)}
        case tuple():
            return list(value)
        case SecretSource(version, env, file):
            return {"env": env, "version": version} if env else {"file": file, "version": version}
        case ObjectMapping():
            return {"objectMapping": _object_mapping(value)}
        case DesiredMapping():
            return {"mapping": desired_mapping_to_json(value)}
    assert_never(value)


def value_from_json(document: Json) -> FieldValue | None:
    """The value that `value_to_json` wrote. Raises Malformed."""
    match document:
        case None | bool() | int() | str():
            return document
        case list():
            return tuple(text(item) for item in document)
        case {"ref": str(address)}:
            return address_from(address)
        case {"refs": list(addresses)}:
            return frozenset(address_from(text(address)) for address in addresses)
        case {"env": str(env), "version": int(version)}:
            return SecretSource(version, env=env)
        case {"file": str(file), "version": int(version)}:
            return SecretSource(version, file=file)
        case {"mapping": dict(mapping)}:
            return desired_mapping_from_json(mapping)
        case {"objectMapping": dict(mapping)}:
            return _object_mapping_from(mapping)
    raise Malformed(f"a value of this form is unknown: {str(document)[:60]}")


def start_value(address: Address, key: str, cell: LiveCell[FieldValue]) -> StartValue:
    """A live value as a plan depends on it: canonical text, or for a long one a digest and an excerpt."""
    match cell:
        case Known(value):
            document: Json = {"known": value_to_json(value)}
        case Absent():
            document = {"absent": True}
        case Unreadable(reason):
            document = {"unreadable": reason.value}
    whole = canonical(document).decode()
    if len(whole) <= LONG:
        return StartValue(address, key, whole)
    return StartValue(address, key, f"{whole[:EXCERPT]}…", digest_of(document))


def address_from(document: str) -> Address:
    """Read an address. Raises Malformed."""
    try:
        return Address.parse(document)
    except ValueError as error:
        raise Malformed(str(error)) from error


def text(document: Json) -> str:
    """A text. Raises Malformed where the document holds something else."""
    if not isinstance(document, str):
        raise Malformed(f"expected a text, found {type(document).__name__}")
    return document


def number(document: Json) -> float:
    """A number. Raises Malformed where the document holds something else."""
    if isinstance(document, bool) or not isinstance(document, int | float):
        raise Malformed(f"expected a number, found {type(document).__name__}")
    return document


def members(document: Json) -> Mapping[str, Json]:
    """An object. Raises Malformed where the document holds something else."""
    if not isinstance(document, dict):
        raise Malformed(f"expected an object, found {type(document).__name__}")
    return document


def items(document: Json) -> Sequence[Json]:
    """A list. Raises Malformed where the document holds something else."""
    if not isinstance(document, list):
        raise Malformed(f"expected a list, found {type(document).__name__}")
    return document


def member(kind: Callable[[str], T], document: Json) -> T:
    """A member of an enum by its value. Raises Malformed."""
    try:
        return kind(text(document))
    except ValueError as error:
        raise Malformed(str(error)) from error


def desired_mapping_to_json(mapping: DesiredMapping) -> Json:
    """The JSON of a desired object mapping, without places."""
    return {
        "source": mapping.source,
        "target": mapping.target,
        "flow": _cell(mapping.flow, lambda flow: cast("Json", sorted(member.value for member in flow))),
        "match": _cell(mapping.match, lambda match: cast("Json", list(match))),
        "filter": _cell(mapping.filter, _filter),
        "attributes": {target: _desired_attribute(wanted) for target, wanted in mapping.attributes.items()},
    }


def desired_mapping_from_json(document: Mapping[str, Json]) -> DesiredMapping:
    """The desired object mapping that `desired_mapping_to_json` wrote. Raises Malformed."""
    return DesiredMapping(
        text(document.get("source")),
        text(document.get("target")),
        _cell_from(document.get("flow"), _flow_from),
        _cell_from(document.get("match"), lambda match: tuple(text(target) for target in items(match))),
        _cell_from(document.get("filter"), _filter_from),
        {
            target: _desired_attribute_from(target, members(wanted))
            for target, wanted in members(document.get("attributes")).items()
        },
    )


def _desired_attribute(wanted: DesiredAttribute) -> Json:
    return {
        "source": None if isinstance(wanted.source, Clear) else _source(wanted.source),
        "apply": wanted.apply.value if wanted.apply else None,
        "when": wanted.when.value if wanted.when else None,
        "default": _cell(wanted.default, lambda default: default),
    }


def _desired_attribute_from(target: str, document: Mapping[str, Json]) -> DesiredAttribute:
    source = document.get("source")
    return DesiredAttribute(
        target,
        Clear() if source is None else _source_from(source),
        member(Apply, document["apply"]) if document.get("apply") else None,
        member(When, document["when"]) if document.get("when") else None,
        _cell_from(document.get("default"), text),
    )


def _object_mapping(mapping: ObjectMapping) -> Json:
    return {
        "source": mapping.source,
        "target": mapping.target,
        "enabled": mapping.enabled,
        "flow": sorted(flow.value for flow in mapping.flow),
        "match": list(mapping.match),
        "filter": _filter(mapping.filter),
        "attributes": {
            target: {
                "source": _source(attribute.source),
                "apply": attribute.apply.value,
                "when": attribute.when.value,
                "default": attribute.default,
            }
            for target, attribute in mapping.attributes.items()
        },
    }


def _object_mapping_from(document: Mapping[str, Json]) -> ObjectMapping:
    return ObjectMapping(
        text(document.get("source")),
        text(document.get("target")),
        document.get("enabled") is True,
        _flow_from(document.get("flow")),
        tuple(text(target) for target in items(document.get("match"))),
        _filter_from(document.get("filter")),
        {
            target: _attribute_from(target, members(attribute))
            for target, attribute in members(document.get("attributes")).items()
        },
    )


def _attribute_from(target: str, document: Mapping[str, Json]) -> AttributeMapping:
    default = document.get("default")
    return AttributeMapping(
        target,
        _source_from(document.get("source")),
        member(Apply, document.get("apply")),
        member(When, document.get("when")),
        None if default is None else text(default),
    )


def _source(source: Source) -> Json:
    return {source.kind.value: source.text}


def _source_from(document: Json) -> Source:
    pairs = list(members(document).items())
    if len(pairs) != 1:
        raise Malformed("a source has one kind")
    kind, source = pairs[0]
    return Source(member(SourceKind, kind), text(source))


def _filter(groups: ScopingFilter) -> Json:
    return [
        {
            "name": group.name,
            "all": [
                {"attribute": clause.attribute, "operator": clause.operator, "values": list(clause.values)}
                for clause in group.clauses
            ],
        }
        for group in groups
    ]


def _filter_from(document: Json) -> ScopingFilter:
    return tuple(
        ClauseGroup(
            text(members(group).get("name")),
            tuple(_clause_from(members(clause)) for clause in items(members(group).get("all"))),
        )
        for group in items(document)
    )


def _clause_from(document: Mapping[str, Json]) -> Clause:
    values = tuple(text(value) for value in items(document.get("values")))
    return Clause(text(document.get("attribute")), text(document.get("operator")), values)


def _flow_from(document: Json) -> frozenset[Flow]:
    return frozenset(member(Flow, flow) for flow in items(document))


def _cell(cell: DesiredCell[T], write: Callable[[T], Json]) -> Json:
    match cell:
        case Unmanaged():
            return None
        case Clear():
            return {"clear": True}
        case Value(value):
            return {"value": write(value)}


def _cell_from(document: Json, read: Callable[[Json], T]) -> DesiredCell[T]:
    match document:
        case None:
            return UNMANAGED
        case {"clear": True}:
            return Clear()
        case {"value": value}:
            return Value(read(value))
    raise Malformed("a cell is null, cleared or a value")
