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

from collections.abc import Callable, Mapping
from typing import assert_never

from reconciler.model.address import Address
from reconciler.model.cells import Absent, Known, LiveCell, Unreadable
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    canonical,
    digest_of,
    digest_of_bytes,
    every,
    items,
    member,
    members,
    number,
    take,
    text,
    whole,
)
from reconciler.model.mapping_codec import (
    desired_mapping_from_json,
    desired_mapping_to_json,
    object_mapping_from_json,
    object_mapping_to_json,
)
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.plan import StartValue
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue

__all__ = [
    "EXCERPT",
    "LONG",
    "Json",
    "Malformed",
    "address_from",
    "canonical",
    "desired_mapping_from_json",
    "desired_mapping_to_json",
    "digest_of",
    "items",
    "live_cell_to_json",
    "member",
    "members",
    "number",
    "start_value",
    "text",
    "value_from_json",
    "value_to_json",
]

LONG = 200
"""Characters above which a value stands in a plan as a digest and an excerpt."""

EXCERPT = 80
"""Characters of a long value that a plan shows."""


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
            return {"objectMapping": object_mapping_to_json(value)}
        case DesiredMapping():
            return {"mapping": desired_mapping_to_json(value)}
    assert_never(value)


def value_from_json(document: Json) -> FieldValue | None:
    """The value that `value_to_json` wrote. Raises Malformed."""
    if document is None or isinstance(document, bool | int | str):
        return document
    if isinstance(document, list):
        return every(text)(document)
    if isinstance(document, float):
        raise Malformed("expected a value, found a fraction")
    found = members(document)
    read = _FORMS.get(frozenset(found))
    if read is None:
        raise Malformed(f"a value of this form is unknown: {', '.join(sorted(found)) or 'an empty object'}")
    return read(found)


_FORMS: Mapping[frozenset[str], Callable[[Mapping[str, Json]], FieldValue]] = {
    frozenset({"ref"}): lambda found: take(found, "ref", address_from),
    frozenset({"refs"}): lambda found: frozenset(take(found, "refs", every(address_from))),
    frozenset({"env", "version"}): lambda found: SecretSource(
        take(found, "version", whole), env=take(found, "env", text)
    ),
    frozenset({"file", "version"}): lambda found: SecretSource(
        take(found, "version", whole), file=take(found, "file", text)
    ),
    frozenset({"mapping"}): lambda found: take(found, "mapping", desired_mapping_from_json),
    frozenset({"objectMapping"}): lambda found: take(found, "objectMapping", object_mapping_from_json),
}
"""How an object is read, by the names of its members."""


def live_cell_to_json(cell: LiveCell[FieldValue]) -> Json:
    """What the service holds in one field: `known`, `absent`, or why it is `unreadable`."""
    match cell:
        case Known(value):
            return {"known": value_to_json(value)}
        case Absent():
            return {"absent": True}
        case Unreadable(reason):
            return {"unreadable": reason.value}
    assert_never(cell)


def start_value(address: Address, key: str, cell: LiveCell[FieldValue]) -> StartValue:
    """A live value as a plan depends on it: canonical text, or for a long one a digest and an excerpt."""
    content = canonical(live_cell_to_json(cell))
    shown = content.decode()
    if len(shown) <= LONG:
        return StartValue(address, key, shown)
    return StartValue(address, key, f"{shown[:EXCERPT]}…", digest_of_bytes(content))
