"""Values of fields in words, and what becomes of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from reconciler.model.address import Address
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.plan import FieldChange
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue
from reconciler.model.words import counted
from reconciler.report.terminal import escape

NOTHING = "nothing"


def value_text(value: FieldValue | None) -> str:
    """A value on one line, escaped; texts stand in quotes, a secret is its source and version."""
    match value:
        case None:
            return NOTHING
        case bool() | int() | str() | Address():
            return _single(value)
        case frozenset():
            return ", ".join(map(_single, sorted(value))) or "nobody"
        case tuple():
            return ", ".join(map(_single, value)) or NOTHING
        case SecretSource():
            return escape(f"version {value.version} from {value}")
        case DesiredMapping() | ObjectMapping():
            return escape(f"{value.source} to {value.target}, {counted(len(value.attributes), 'attribute')}")
    assert_never(value)


def _single(value: str | int | Address) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{escape(value)}"'
    return escape(str(value))


def change_lines(change: FieldChange) -> Iterator[str]:
    """What a person reads of one changed field: the planner's own words where it has some, else before and after.

    Of a set of addresses only who comes and who goes is told; one address that takes another's place is a move.
    """
    if change.lines:
        yield from map(escape, change.lines)
        return
    before, after = addresses_in(change.before), addresses_in(change.after)
    come, go = sorted(after - before), sorted(before - after)
    match change.before, change.after:
        case _, Address() if come and go:
            yield f"{value_text(change.before)} → {value_text(change.after)}"
        case (frozenset(), _) | (_, frozenset()) | (None, frozenset()) if come or go:
            yield from (f"+ {_single(address)}" for address in come)
            yield from (f"- {_single(address)}" for address in go)
        case None, new:
            yield value_text(new)
        case old, new:
            yield f"{value_text(old)} → {value_text(new)}"


def addresses_in(value: FieldValue | None) -> frozenset[Address]:
    """The addresses that a value is or holds; none where it is anything else."""
    match value:
        case Address():
            return frozenset({value})
        case frozenset():
            return value
    return frozenset()
