"""The ways in which an address can be written, brought to one.

`/a/ID/b`, `/a('ID')/b`, `/a/ID/b/` and `/a/ID/%62` are one address. Segments are split before they are decoded, so an
id may hold an encoded slash.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from reconciler.emulator.context import Key

_CALLED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)\((?P<arguments>.*)\)\Z", re.DOTALL)
_ALTERNATE = re.compile(r"(?P<name>[A-Za-z]+)\s*=\s*(?P<value>.*)\Z", re.DOTALL)
MAX_SEGMENTS = 40


class Called(Struct, frozen=True):
    """A segment with parentheses: the name before them, and the key within (None where they are empty)."""

    name: str
    key: Key | None


def segments_of(raw_path: str) -> tuple[str, ...]:
    """The decoded segments of a path as it stands in the request line; slashes at its ends do not count."""
    return tuple(unquote(segment) for segment in raw_path.split("/") if segment)


def called(segment: str) -> Called | None:
    """The segment read as `name('ID')`, `name(alternate='ID')` or `name()`; None where it is none of them."""
    found = _CALLED.match(segment)
    if not found:
        return None
    arguments = found["arguments"].strip()
    if not arguments:
        return Called(found["name"], None)
    alternate = _ALTERNATE.match(arguments)
    if alternate:
        return Called(found["name"], Key(_unquoted(alternate["value"]), alternate["name"]))
    return Called(found["name"], Key(_unquoted(arguments)))


def query_of(text: str) -> tuple[tuple[str, str], ...]:
    """The decoded pairs of a query; `+` and `%20` are blanks, and an option without a value has an empty one."""
    return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=None))


def last_reference(url: str) -> tuple[str, ...]:
    """The segments of an address in an `@odata.id`, whichever host it names, with keys in parentheses taken apart.

    Raises ValueError where it is no address.
    """
    segments: list[str] = []
    for segment in segments_of(urlsplit(url).path):
        parts = called(segment)
        segments += [segment] if parts is None else [parts.name, *([parts.key.value] if parts.key else [])]
    return tuple(segments)


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    return text.replace("''", "'")
