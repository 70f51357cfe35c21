"""Check the members of a request's body against what the resource has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.emulator.errors import bad_request
from reconciler.emulator.store import Document

Check = Callable[[object], bool]
MAX_TEXT = 1024


def text(value: object) -> bool:
    """A text that is not empty."""
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT


def optional_text(value: object) -> bool:
    """A text, or null."""
    return value is None or (isinstance(value, str) and len(value) <= MAX_TEXT)


def boolean(value: object) -> bool:
    """True or false."""
    return isinstance(value, bool)


def texts(value: object) -> bool:
    """A list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def anything(_value: object) -> bool:
    """Any JSON: a member that the emulator keeps and never reads."""
    return True


def checked(body: Document, members: Mapping[str, Check], required: tuple[str, ...] = ()) -> Document:
    """The body, where each member is known and fits, and none that is required is missing.

    Raises GraphError 400, which names the first member that does not, and never its value.
    """
    for name in required:
        if body.get(name) is None:
            raise bad_request(f"A value is required for property '{name}' of the resource.", target=name)
    for name, value in body.items():
        if name not in members:
            raise bad_request(f"Invalid property '{name[:64]}'.", target=name[:64])
        if not members[name](value):
            raise bad_request(f"Invalid value specified for property '{name}' of the resource.", target=name)
    return body
