"""A JSON Schema as functions that only say "surely valid": nearly every file is, and most of the time is saved there.

The answer False says nothing: jsonschema then decides, and says what is wrong. A schema with a keyword that this module
does not know accepts nothing, so what is accepted here is valid there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from reconciler.spec.tree import Items, Table

Accepts = Callable[[object], bool]
Schema = Mapping[str, object]

_CLASSES: Mapping[str, tuple[type, ...]] = {
    "object": (Table, dict),
    "array": (Items, list),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


def accepts(schema: object) -> Accepts:
    """The function that says whether a value surely follows a schema."""
    if not isinstance(schema, Mapping):
        return _always if schema is True else _never
    if not schema.keys() <= _KNOWN:
        return _never
    words = [_one_of(cast("Sequence[object]", schema["enum"]))] if "enum" in schema else []
    if "const" in schema:
        words.append(_one_of((schema["const"],)))
    if words and schema.keys() <= _ANNOTATIONS | _WORDS:
        return _all(words)
    by_class = _by_class(schema)

    def accept(value: object) -> bool:
        check = by_class.get(type(value))
        return check is not None and check(value)

    return _all((*words, accept))


def _by_class(schema: Schema) -> Mapping[type, Accepts]:
    """The check of each class of value that the schema's type allows."""
    declared = schema.get("type", [*_CLASSES])
    names = [declared] if isinstance(declared, str) else cast("list[str]", declared)
    checks: dict[type, Accepts] = {}
    for name in names:
        made = [make(schema[keyword]) for keyword, make in _KEYWORDS.get(name, {}).items() if keyword in schema]
        if name == "object" and not _MEMBERS.isdisjoint(schema):
            made.append(_members(schema))
        if "if" in schema:
            made.append(_conditional(schema))
        checks.update(dict.fromkeys(_CLASSES[name], _all(made)))
    return checks


def _members(schema: Schema) -> Accepts:
    properties = {key: accepts(child) for key, child in cast("Schema", schema.get("properties", {})).items()}
    other = accepts(schema.get("additionalProperties", True))
    named = accepts(schema["propertyNames"]) if "propertyNames" in schema else None

    def accept(value: object) -> bool:
        table = cast("Mapping[str, object]", value)
        if named is not None and not all(map(named, table)):
            return False
        return all(properties.get(key, other)(child) for key, child in table.items())

    return accept


def _conditional(schema: Schema) -> Accepts:
    """`then` must hold; `else` too, unless the condition surely holds: not surely is not surely not."""
    condition, met, unmet = (accepts(schema.get(keyword, True)) for keyword in ("if", "then", "else"))
    return lambda value: met(value) and (condition(value) or unmet(value))


def _all(checks: Sequence[Accepts]) -> Accepts:
    if not checks:
        return _always
    if len(checks) == 1:
        return checks[0]
    return lambda value: all(check(value) for check in checks)


def _always(_value: object) -> bool:
    return True


def _never(_value: object) -> bool:
    return False


def _one_of(values: Sequence[object]) -> Accepts:
    """Words and numbers, told apart by type: true is not 1."""
    plain = frozenset((type(value), value) for value in values if isinstance(value, str | int))
    return lambda value: isinstance(value, str | int) and (type(value), value) in plain


def _pattern(pattern: object) -> Accepts:
    search = re.compile(cast("str", pattern)).search
    return lambda value: search(cast("str", value)) is not None


def _least_length(least: object) -> Accepts:
    bound = cast("int", least)
    return lambda value: len(cast("Sequence[object]", value)) >= bound


def _most_length(most: object) -> Accepts:
    bound = cast("int", most)
    return lambda value: len(cast("Sequence[object]", value)) <= bound


def _minimum(least: object) -> Accepts:
    bound = cast("float", least)
    return lambda value: cast("float", value) >= bound


def _maximum(most: object) -> Accepts:
    bound = cast("float", most)
    return lambda value: cast("float", value) <= bound


def _items(schema: object) -> Accepts:
    accept = accepts(schema)
    return lambda value: all(map(accept, cast("Sequence[object]", value)))


def _unique(wanted: object) -> Accepts:
    def accept(value: object) -> bool:
        items = cast("Sequence[object]", value)
        return len(items) < 2 or (all(type(item) is str for item in items) and len(set(items)) == len(items))

    return accept if wanted else _always


def _required(keys: object) -> Accepts:
    needed = frozenset(cast("Sequence[str]", keys))
    return lambda value: needed <= cast("Mapping[str, object]", value).keys()


def _dependent(needed_by: object) -> Accepts:
    needs = [(key, frozenset(keys)) for key, keys in cast("Mapping[str, Sequence[str]]", needed_by).items()]

    def accept(value: object) -> bool:
        table = cast("Mapping[str, object]", value)
        return all(key not in table or keys <= table.keys() for key, keys in needs)

    return accept


def _dependent_schemas(schemas: object) -> Accepts:
    checks = [(key, accepts(schema)) for key, schema in cast("Schema", schemas).items()]

    def accept(value: object) -> bool:
        return all(key not in cast("Mapping[str, object]", value) or check(value) for key, check in checks)

    return accept


_NUMERIC = {"minimum": _minimum, "maximum": _maximum}
_KEYWORDS: Mapping[str, Mapping[str, Callable[[object], Accepts]]] = {
    "string": {"minLength": _least_length, "maxLength": _most_length, "pattern": _pattern},
    "integer": _NUMERIC,
    "number": _NUMERIC,
    "array": {"minItems": _least_length, "maxItems": _most_length, "items": _items, "uniqueItems": _unique},
    "object": {
        "required": _required,
        "minProperties": _least_length,
        "maxProperties": _most_length,
        "dependentRequired": _dependent,
        "dependentSchemas": _dependent_schemas,
    },
}
_MEMBERS = frozenset(("properties", "additionalProperties", "propertyNames"))
_ANNOTATIONS = frozenset(("$schema", "$id", "$comment", "title", "description", "examples", "default"))
_WORDS = frozenset(("enum", "const"))
_KNOWN = (
    _ANNOTATIONS
    | _WORDS
    | frozenset(("type", "if", "then", "else"))
    | _MEMBERS
    | frozenset(keyword for table in _KEYWORDS.values() for keyword in table)
)
