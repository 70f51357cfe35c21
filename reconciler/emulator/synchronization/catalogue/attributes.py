"""Attribute definitions, written as compact tables and unfolded into what the service answers.

A line of a table is `Type flags: name name …`. Flags: `*` multivalued, `!` required, `#` anchor, `^` case matters,
`~` read-only, `0` flows nulls. A Reference points at every object of its own directory that is named in `references`.
"""

from collections.abc import Iterator

from reconciler.emulator.odata import Entity

_FLAGS = "*!#^~0"


def attribute_definitions(table: str, prefix: str = "", references: tuple[str, ...] = ()) -> list[Entity]:
    """Return the attribute definitions of a table, in order of their names; `prefix` stands before each name."""
    found = [
        _definition(prefix + name, kind, flags, references)
        for kind, flags, names in _lines(table)
        for name in names.split(" | " if " | " in names else None)
    ]
    return sorted(found, key=lambda attribute: str(attribute["name"]))


def object_definition(name: str, attributes: list[Entity], *, soft_deletion: bool) -> Entity:
    """Return one object of a directory; the metadata include a key that the documented enumeration lacks."""
    answers = {
        "IsSoftDeletionSupported": soft_deletion,
        "IsHardDeletionSupported": True,
        "ConnectorDataStorageRequired": False,
        "IsSynchronizeAllSupported": True,
    }
    return {
        "attributes": attributes,
        "metadata": [{"key": key, "value": str(value).lower()} for key, value in answers.items()],
        "name": name,
        "supportedApis": [name],
    }


def _lines(table: str) -> Iterator[tuple[str, str, str]]:
    for line in table.strip().splitlines():
        head, _, names = line.strip().partition(": ")
        kind = head.rstrip(_FLAGS + " ")
        yield kind, head[len(kind) :], names


def _definition(name: str, kind: str, flags: str, references: tuple[str, ...]) -> Entity:
    referenced = [{"referencedObjectName": target, "referencedProperty": None} for target in references]
    return {
        "anchor": "#" in flags,
        "apiExpressions": [],
        "caseExact": "^" in flags,
        "defaultValue": None,
        "flowNullValues": "0" in flags,
        "metadata": [],
        "multivalued": "*" in flags,
        "mutability": "ReadOnly" if "~" in flags else "ReadWrite",
        "name": name,
        "referencedObjects": referenced if kind == "Reference" else [],
        "required": "!" in flags,
        "type": kind,
    }
