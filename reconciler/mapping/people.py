"""Users as JSON holds them: objects of values and lists, whose inner objects are named by a path with dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.mapping.values import Single, User, Value


def user_of(document: object) -> User | None:
    """The user that a JSON object is; None where it is none, or holds lists of anything but values."""
    if not isinstance(document, Mapping):
        return None
    try:
        return dict(_attributes(document, ""))
    except _NoValue:
        return None


class _NoValue(Exception):
    """Raised for what no attribute can hold."""


def _attributes(document: Mapping[str, object], above: str) -> Iterator[tuple[str, Value]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _attributes(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", _value(value)


def _value(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_single(each) for each in value if each is not None)
    return None if value is None else _single(value)


def _single(value: object) -> Single:
    if isinstance(value, str | bool | int | float):
        return value
    raise _NoValue
