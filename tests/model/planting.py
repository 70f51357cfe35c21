"""Plants a secret into every place of a value where a text may stand, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.secret import SecretText


def planted(value: Any, secret: SecretText) -> Iterator[Any]:
    """Copies of a value, each with the secret in the place of one text or of the value itself."""
    yield secret
    yield from _inside(value, secret)


def _inside(value: Any, secret: SecretText) -> Iterator[Any]:
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            for below in _at(getattr(value, name), secret):
                yield replace(value, **{name: below})
    elif isinstance(value, Mapping):
        for key, below in value.items():
            for infected in _at(below, secret):
                yield {**value, key: infected}
    elif isinstance(value, tuple):
        for position, below in enumerate(value):
            for infected in _at(below, secret):
                yield (*value[:position], infected, *value[position + 1 :])
    elif isinstance(value, frozenset):
        for below in value:
            for infected in _at(below, secret):
                yield (value - {below}) | {infected}


def _at(value: Any, secret: SecretText) -> Iterator[Any]:
    if isinstance(value, str):
        yield secret
    yield from _inside(value, secret)
