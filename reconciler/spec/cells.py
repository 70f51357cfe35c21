"""The fields of a thing as cells: read by the field tables, with their places and the defaults of their kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Clear, DesiredCell, Value
from reconciler.model.fields import FIELDS, Clearing, Field, Normaliser, Role
from reconciler.model.place import Place
from reconciler.model.secret import SecretSource
from reconciler.model.states import Desired, FieldValue
from reconciler.spec.names import Names
from reconciler.spec.rules import NO_TOKEN_SOURCE
from reconciler.spec.tree import Items, Node, Slot, Table

Cell = DesiredCell[FieldValue]

_REFERRED: Mapping[str, Kind] = {
    "group": Kind.GROUP,
    "agents": Kind.AGENT,
    "standby": Kind.AGENT,
    "proxy": Kind.PROXY,
    "connector.host": Kind.CONNECTOR_HOST,
}
"""The kind of thing that a field refers to."""


class Entry(Struct, frozen=True):
    """One thing of the spec as its file has it, with the defaults of its kind; `names` takes what is found wrong."""

    address: Address
    value: Node
    defaults: Table | None
    names: Names

    def find(self, path: tuple[str, ...]) -> Slot | None:
        """The value at a path of keys: the thing's own, else the default; None where neither says it."""
        own = _find(self.value, path)
        return own if own is not None or self.defaults is None else _find(self.defaults, path)


def cells_of(entry: Entry) -> dict[str, Cell]:
    """The cells of every field that the spec can say of a kind, and of this thing does. Mappings are read elsewhere.

    A value whose type is wrong, which the schema check reports, leaves its field unmanaged.
    """
    cells: dict[str, Cell] = {}
    for field, path in _fields(entry.address.kind):
        slot = entry.find(path)
        if slot is not None:
            cell = _cell(field, slot, entry)
            if cell is not None:
                cells[field.key] = cell
    return cells


@cache
def _fields(kind: Kind) -> tuple[tuple[Field, tuple[str, ...]], ...]:
    return tuple(
        (field, tuple(field.key.split(".")))
        for field in FIELDS[kind]
        if field.role is not Role.OBSERVED and field.normaliser in _READERS
    )


def _find(node: Node, path: tuple[str, ...]) -> Slot | None:
    *parents, last = path
    for key in parents:
        node = node.get(key) if isinstance(node, Table) else None
    return Slot(node, last) if isinstance(node, Table) and last in node else None


def _cell(field: Field, slot: Slot, entry: Entry) -> Cell | None:
    value = slot.value
    if _clears(field, slot):
        return Clear(slot.key_place if value is None else slot.place)
    place = slot.place
    read = _READERS[field.normaliser](value, place, field, entry)
    return None if read is None else Value(read, place)


def _clears(field: Field, slot: Slot) -> bool:
    """Whether a value clears its field. A token takes the word: a key with nothing behind it is an accident."""
    if field.clearing is Clearing.REFUSED:
        return False
    if field.clearing is Clearing.ENDS_TOKEN:
        return slot.value is None and slot.is_written
    return slot.value is None or (isinstance(slot.value, Items | Table) and not slot.value)


def _text(value: Node, _place: Place, _field: Field, _entry: Entry) -> FieldValue | None:
    return value if isinstance(value, str) else None


def _number(value: Node, _place: Place, _field: Field, _entry: Entry) -> FieldValue | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _switch(value: Node, _place: Place, _field: Field, _entry: Entry) -> FieldValue | None:
    return value if isinstance(value, bool) else None


def _texts(value: Node, _place: Place, _field: Field, _entry: Entry) -> FieldValue | None:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, Items) else None


def _reference(value: Node, place: Place, field: Field, entry: Entry) -> FieldValue | None:
    if not isinstance(value, str):
        return None
    kind = _REFERRED[field.key]
    entry.names.refer(kind, value, place, of=entry.address)
    return Address(kind, value)


def _references(value: Node, _place: Place, field: Field, entry: Entry) -> FieldValue | None:
    if not isinstance(value, Items):
        return None
    kind = _REFERRED[field.key]
    keys = [(key, index) for index, key in enumerate(value) if isinstance(key, str)]
    for key, index in keys:
        if key not in entry.names.keys[kind]:
            entry.names.refer(kind, key, value.place(index), of=entry.address)
    return frozenset(Address(kind, key) for key, _ in keys)


def _secret(value: Node, place: Place, field: Field, entry: Entry) -> FieldValue | None:
    may_be_none = field.clearing is Clearing.ENDS_TOKEN
    if not isinstance(value, Table) and not (value is None and may_be_none):
        return None
    source = value if isinstance(value, Table) else dict[str, Node]()
    version, env, file = (source.get(key) for key in ("version", "env", "file"))
    if "env" not in source and "file" not in source:
        entry.names.add(
            place,
            NO_TOKEN_SOURCE.finding(
                f"{entry.address} does not say where its secret token comes from",
                address=str(entry.address),
                place=place,
                expected="env or file",
                hint="name an environment variable by `env:`, or a file by `file:`"
                + ("; `null` says that there is none" if may_be_none else ""),
            ),
        )
    return SecretSource(
        version if isinstance(version, int) else 1,
        env=env if isinstance(env, str) else "",
        file=file if isinstance(file, str) else "",
    )


def tenant_url(cells: Mapping[str, Cell], hosts: Mapping[Address, Desired]) -> Cell | None:
    """The tenant URL of an app behind a connector host: https://HOST:PORT/ecma2host_NAME/scim; None for other apps.

    Source: https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-sql-connector-configure
    """
    match cells.get("connector.host"), cells.get("connector.name"):
        case Value(Address() as address), Value(str(name), place) if address in hosts:
            return _url(hosts[address].cells, name, place)
    return None


def _url(host: Mapping[str, Cell], name: str, place: Place | None) -> Cell | None:
    match host.get("address"), host.get("port", Value(_DEFAULT_PORT)):
        case Value(str(address)), Value(int(port)):
            named = f"[{address}]" if ":" in address else address
            return Value(f"https://{named}:{port}/ecma2host_{name}/scim", place)
    return None


_DEFAULT_PORT = 8585
_Reader = Callable[[Node, Place, Field, Entry], "FieldValue | None"]
_READERS: Mapping[Normaliser, _Reader] = {
    Normaliser.TEXT: _text,
    Normaliser.NAME: _text,
    Normaliser.CHOICE: _text,
    Normaliser.TIME: _text,
    Normaliser.URL: _text,
    Normaliser.NUMBER: _number,
    Normaliser.SWITCH: _switch,
    Normaliser.TEXTS: _texts,
    Normaliser.REFERENCE: _reference,
    Normaliser.REFERENCES: _references,
    Normaliser.SECRET: _secret,
}
