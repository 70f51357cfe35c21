"""The JSON Schema of a spec, made ready once per process: references inlined, so that nothing is looked up later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import cast

from msgspec import Struct

from reconciler.spec.accept import Accepts, accepts

Schema = Mapping[str, object]
"""One schema object."""


class SpecSchema(Struct, frozen=True, eq=False):
    """The schema with its references inlined, and the quick answer whether a document surely follows it."""

    root: Schema
    accepts: Accepts


@lru_cache(maxsize=1)
def ready(text: str) -> SpecSchema:
    """Make the schema ready from its text."""
    document = json.loads(text)
    root = cast("Schema", _inlined(document, document["$defs"]))
    return SpecSchema(root, accepts(root))


def properties_of(schema: object) -> Mapping[str, object]:
    """The properties that a schema lists; none where it lists none."""
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def described(schema: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every property below a schema with its path; `*` stands for any key and for any item."""
    for key, child in properties_of(schema).items():
        yield (*path, key), cast("Schema", child)
        yield from described(child, (*path, key))
    for keyword in ("additionalProperties", "items"):
        if isinstance(schema, Mapping) and isinstance(schema.get(keyword), Mapping):
            yield from described(schema[keyword], (*path, "*"))


def _inlined(node: object, definitions: Mapping[str, object]) -> object:
    match node:
        case {"$ref": str(reference), **siblings}:
            target = _inlined(definitions[reference.rpartition("/")[2]], definitions)
            return {**cast("dict[str, object]", target), **cast("dict[str, object]", _inlined(siblings, definitions))}
        case {"pattern": str(pattern), **siblings}:
            return {"pattern": _to_the_end(pattern), **cast("dict[str, object]", _inlined(siblings, definitions))}
        case dict():
            return {key: _inlined(value, definitions) for key, value in node.items() if key != "$defs"}
        case list():
            return [_inlined(item, definitions) for item in node]
    return node


def _to_the_end(pattern: str) -> str:
    r"""The pattern as Python must read it: `$` there also matches before a last line break, `\Z` does not."""
    return rf"{pattern[:-1]}\Z" if pattern.endswith("$") else pattern
