"""How messages on the shape of a spec put values, types and forms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import cast

from reconciler.spec.scalars import AbsurdNumber, habit_hint, resolve
from reconciler.spec.tree import Items, Node, Table

_TYPES = {
    "object": "a table of keys",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_LONGEST = 60
_MANY = 200
"""More words than these are not all compared with a misspelt one, only those that begin or end like it."""


def found(value: Node) -> str:
    """A value as a message shows it; long ones are cut, and of tables and lists only the type is named."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Table():
            return "a table of keys"
        case Items():
            return f"a list of {len(value)}"
        case str():
            return f'"{short(value)}"'
    return str(value)


def short(text: str) -> str:
    """A text that fits a message."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def form(schema: Mapping[str, object]) -> str:
    """What a schema asks for, in words: its words, else its title, else its types."""
    if "enum" in schema:
        return alternatives(cast("Sequence[object]", schema["enum"]))
    return str(schema.get("title", "")) or alternatives(_TYPES[name] for name in types_of(schema))


def expected(schema: Mapping[str, object]) -> str:
    """What a schema asks for, with examples."""
    examples = cast("Sequence[object]", schema.get("examples", ()))
    shown = [str(example) for example in examples if isinstance(example, str | int)][:2]
    asked = form(schema)
    return f"{asked}, such as {alternatives(shown)}" if shown and "such as" not in asked else asked


def types_of(schema: Mapping[str, object]) -> Sequence[str]:
    """The names of the types that a schema allows."""
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else cast("Sequence[str]", declared)


def alternatives(words: Iterable[object]) -> str:
    """Words as a choice: `a, b or c`."""
    texts = [str(word) for word in words]
    return f"{', '.join(texts[:-1])} or {texts[-1]}" if len(texts) > 1 else "".join(texts)


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that is most likely meant; "" where none is near."""
    known = list(words)
    exact = next((candidate for candidate in known if candidate.lower() == word.lower()), "")
    if exact:
        return exact
    if len(known) > _MANY:
        known = [
            *_neighbours(word, known),
            *(found[::-1] for found in _neighbours(word[::-1], [w[::-1] for w in known])),
        ]
    swapped = next((candidate for candidate in known if sorted(candidate) == sorted(word)), "")
    return swapped or next(iter(get_close_matches(word[:_LONGEST], known, n=1)), "")


def _neighbours(word: str, words: list[str]) -> list[str]:
    """The words around the place that a word has in their order: those that begin alike."""
    ordered = sorted(words)
    at = bisect_left(ordered, word)
    return ordered[max(0, at - _MANY // 4) : at + _MANY // 4]


def type_hint(value: Node, wanted: Sequence[str]) -> str:
    """What would mend a value of the wrong type."""
    match value:
        case None:
            return "write a value, or remove the line"
        case str():
            return _hint_for_text(value, wanted)
        case bool() | int() | float() if "string" in wanted:
            return "put it in quotes"
    if "array" in wanted and not isinstance(value, Items):
        return "write a list: [a, b]"
    return ""


def _hint_for_text(text: str, wanted: Sequence[str]) -> str:
    if "object" in wanted and ":" in text:
        return "put a blank after the colon"
    if "array" in wanted:
        return f"write a list: [{short(text)}]"
    return "remove the quotes" if _is_quoted(text, wanted) else habit_hint(text)


def _is_quoted(text: str, wanted: Sequence[str]) -> bool:
    try:
        value = resolve(text)
    except AbsurdNumber:
        return False
    if isinstance(value, bool):
        return "boolean" in wanted
    return isinstance(value, int | float) and not {"integer", "number"}.isdisjoint(wanted)
