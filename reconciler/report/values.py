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
        case bool():
            return "true" if value else "false"
        case int() | Address():
            return escape(str(value))
        case str():
            return f'"{escape(value)}"'
        case frozenset():
            return ", ".join(escape(str(address)) for address in sorted(value)) or "nobody"
        case tuple():
            return ", ".join(f'"{escape(text)}"' for text in value) or NOTHING
        case SecretSource():
            return escape(f"version {value.version} from {value}")
        case DesiredMapping() | ObjectMapping():
            return escape(f"{value.source} to {value.target}, {counted(len(value.attributes), 'attribute')}")
    assert_never(value)


def change_lines(change: FieldChange) -> Iterator[str]:
    """What a person reads of one changed field: the planner's own words where it has some, else before and after."""
    if change.lines:
        yield from map(escape, change.lines)
        return
    match change.before, change.after:
        case (frozenset() | None) as before, (frozenset() | None) as after if before or after:
            yield from (
                f"+ {escape(str(address))}" for address in sorted((after or frozenset()) - (before or frozenset()))
            )
            yield from (
                f"- {escape(str(address))}" for address in sorted((before or frozenset()) - (after or frozenset()))
            )
        case None, after:
            yield value_text(after)
        case before, after:
            yield f"{value_text(before)} → {value_text(after)}"
