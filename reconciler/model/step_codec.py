"""Steps as JSON, and back. Each parameter's form follows from its annotation in `steps`, by one table.

address                 {"ref": "group/hr", "id": "8832…"}, without an id where nothing has one yet
edge                    {"member": address, "group": address}
connection settings     by field key; null removes
sources of secrets      by field key: {"env" | "file": name, "version": 3}
overlays                desired mappings by source object
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.document_rules import NEWER
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    every,
    flag,
    members,
    number,
    table,
    take,
    text,
)
from reconciler.model.mapping_codec import desired_mapping_from_json, desired_mapping_to_json
from reconciler.model.secret import SecretSource
from reconciler.model.states import Edge
from reconciler.model.steps import ConnectionValue, Step
from reconciler.model.values import value_from_json, value_to_json

Ids = Mapping[Address, str]

KINDS: Mapping[str, type[Any]] = {
    kind.__name__[0].lower() + kind.__name__[1:]: kind for kind in cast("tuple[type[Any], ...]", Step.__args__)
}
"""The kinds of step by the name that they have in a document."""

_NAMES = {kind: name for name, kind in KINDS.items()}


def step_to_json(step: Step, ids: Ids) -> tuple[str, Json]:
    """The kind of a step and its parameters; an address has its live id beside it where that is known."""
    forms = _parameters(type(step))
    return _NAMES[type(step)], {_camel(name): form.write(getattr(step, name), ids) for name, form in forms.items()}


def step_from_json(kind: str, params: Json) -> Step:
    """The step that `step_to_json` wrote. Raises Malformed: an unknown kind, a parameter too many or of wrong shape."""
    if kind not in KINDS:
        raise Malformed(
            f"a step of kind {kind!r} is unknown",
            hint="a newer version of this program made the plan: use that version",
            rule=NEWER,
        )
    found = members(params)
    forms = _parameters(KINDS[kind])
    wanted = {_camel(name): name for name in forms}
    unknown = sorted(found.keys() - wanted.keys())
    if unknown:
        raise Malformed(f"a step of kind {kind!r} has no parameter {unknown[0]!r}")
    values = {name: take(found, told, forms[name].read) for told, name in wanted.items()}
    return cast("Step", KINDS[kind](**values))


def _parameters(kind: type[Any]) -> Mapping[str, _Form]:
    return {name: _FORMS[kind.__annotations__[name]] for name in kind.__struct_fields__}


def ref_to_json(address: Address, ids: Ids) -> Json:
    """An address, with its live id where that is known."""
    live_id = ids.get(address)
    return {"ref": str(address), "id": live_id} if live_id else {"ref": str(address)}


def _ref_from(document: Json) -> Address:
    return take(members(document), "ref", address_from)


def _edges_to_json(edges: frozenset[Edge], ids: Ids) -> Json:
    return [{"member": ref_to_json(edge.member, ids), "group": ref_to_json(edge.group, ids)} for edge in sorted(edges)]


def _edge_from(document: Json) -> Edge:
    found = members(document)
    return Edge(take(found, "member", _ref_from), take(found, "group", _ref_from))


def _number_to_json(value: float) -> Json:
    return int(value) if value.is_integer() else value


def _setting_from(document: Json) -> ConnectionValue:
    if document is None or isinstance(document, str | bool | int):
        return document
    raise Malformed("a setting is a text, a whole number, true, false or null")


def _secret_from(document: Json) -> SecretSource:
    value = value_from_json(document)
    if not isinstance(value, SecretSource):
        raise Malformed("expected the source of a secret")
    return value


def _each(write: Callable[[Any], Json]) -> Callable[[Any, Ids], Json]:
    return lambda values, _ids: {key: write(value) for key, value in values.items()}


def _plainly(value: Json, _ids: Ids) -> Json:
    return value


class _Form(Struct, frozen=True):
    """How a parameter is written, with the live ids that are known, and how it is read."""

    write: Callable[[Any, Ids], Json]
    read: Callable[[Json], object]


_FORMS: Mapping[str, _Form] = {
    "Address": _Form(ref_to_json, _ref_from),
    "str": _Form(_plainly, text),
    "bool": _Form(_plainly, flag),
    "float": _Form(lambda value, _ids: _number_to_json(float(value)), number),
    "frozenset[Edge]": _Form(_edges_to_json, lambda document: frozenset(every(_edge_from)(document))),
    "Mapping[str, ConnectionValue]": _Form(_each(lambda value: cast("Json", value)), table(_setting_from)),
    "Mapping[str, SecretSource]": _Form(_each(value_to_json), table(_secret_from)),
    "Mapping[str, DesiredMapping]": _Form(_each(desired_mapping_to_json), table(desired_mapping_from_json)),
    "Mapping[str, tuple[str, ...]]": _Form(_each(list), table(every(text))),
}
"""By the annotation of the parameter's field in `steps`."""


@cache
def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
