"""What makes two values of a field comparable: one function per normaliser of the field table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from types import MappingProxyType

from reconciler.model.address import Address
from reconciler.model.cells import Clear, DesiredCell, Known, LiveCell, Value
from reconciler.model.fields import Normaliser
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue

Comparable = object
"""What a value becomes to be compared; never shown, never written."""


def comparable(normaliser: Normaliser, value: FieldValue | None) -> Comparable:
    """The comparable form of a value of a field; None is a field that holds nothing."""
    if value is None:
        return _EMPTY.get(normaliser)
    return _FORMS[normaliser](value)


def wanted(cell: DesiredCell[FieldValue]) -> FieldValue | None:
    """What a desired cell asks for; None where it clears the field, or leaves it alone."""
    return cell.value if isinstance(cell, Value) else None


def is_managed(cell: DesiredCell[FieldValue]) -> bool:
    """Whether the spec says anything of a field."""
    return isinstance(cell, Value | Clear)


def held(cell: LiveCell[FieldValue]) -> FieldValue | None:
    """What the service holds; None where it holds nothing, or nobody can tell."""
    return cell.value if isinstance(cell, Known) else None


def _same(value: FieldValue) -> Comparable:
    return value


def _without_case(value: FieldValue) -> Comparable:
    return str(value).casefold()


def _addresses(value: FieldValue) -> Comparable:
    """One address and the set of it are the same: the service may hold several groups where the spec names one."""
    return frozenset({value}) if isinstance(value, Address) else value


def _without_last_slash(value: FieldValue) -> Comparable:
    return str(value).removesuffix("/")


def _moment(value: FieldValue) -> Comparable:
    """A time of day or a moment, however many zeroes it is written with: `1:00` is `01:00:00.0000000`."""
    text = str(value)
    text = f"0{text}" if text[1:2] == ":" else text
    for form in (time.fromisoformat, _aware):
        try:
            return form(text)
        except ValueError:
            continue
    return text


def _aware(text: str) -> datetime:
    """A moment; where it names no zone it is in UTC, as the service writes it."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _version(value: FieldValue) -> Comparable:
    return value.version if isinstance(value, SecretSource) else value


_FORMS: Mapping[Normaliser, Callable[[FieldValue], Comparable]] = MappingProxyType(
    {
        Normaliser.TEXT: _same,
        Normaliser.NAME: _without_case,
        Normaliser.NUMBER: _same,
        Normaliser.SWITCH: _same,
        Normaliser.CHOICE: _without_case,
        Normaliser.REFERENCE: _addresses,
        Normaliser.REFERENCES: _addresses,
        Normaliser.TEXTS: _same,
        Normaliser.TIME: _moment,
        Normaliser.URL: _without_last_slash,
        Normaliser.SECRET: _version,
        Normaliser.MAPPING: _same,
    }
)

_EMPTY: Mapping[Normaliser, Comparable] = MappingProxyType(
    {
        Normaliser.REFERENCE: frozenset(),
        Normaliser.REFERENCES: frozenset(),
        Normaliser.TEXTS: (),
    }
)
"""What a field that holds nothing is equal to, where that is not just nothing."""
