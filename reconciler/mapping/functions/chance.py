"""Functions whose result is another one each time, or hangs on what others have taken."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Function, Kind, Run, Slot, Way
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value, text_of, whole

LONGEST = 256
"""Characters of a random text that the service makes at most."""

_DIGITS = "0123456789"
_SPECIAL = "~!@#$%^&*()_+-={}|[]\\:\";'<>?,./"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _CAPITALS.lower()


def _guid(sources: Sources) -> Value:
    return str(uuid.UUID(int=sources.below(1 << 128), version=4))


def _random_string(sources: Sources, length: Value, *rest: Value) -> Value:
    """At least so many letters of each sort, the others of any sort, in an order that chance gives."""
    least = [whole(value, "a number of letters") for value in rest[:4]]
    avoided = set((text_of(rest[4]) if len(rest) > 4 else None) or "")
    sorts = ["".join(sorted(set(sort) - avoided)) for sort in (_DIGITS, _SPECIAL, _CAPITALS, _SMALL)]
    size = whole(length, "the length")
    if not 0 <= size <= LONGEST or min(least) < 0 or sum(least) > size:
        raise Failed(f"the length is at most {LONGEST}, and holds what is asked for")
    if any(count and not sort for count, sort in zip(least, sorts, strict=True)) or not "".join(sorts):
        raise Failed("every letter of a sort that is asked for is to be avoided")
    wanted = [sort for count, sort in zip(least, sorts, strict=True) for _ in range(count)]
    wanted += ["".join(sorts)] * (size - len(wanted))
    letters = [sort[sources.below(len(sort))] for sort in wanted]
    for last in range(len(letters) - 1, 0, -1):
        other = sources.below(last + 1)
        letters[last], letters[other] = letters[other], letters[last]
    return "".join(letters)


def _select_unique_value(runs: Sequence[Run], user: User, sources: Sources) -> Value:
    """The first value that nobody has, the case of its letters aside."""
    for run in runs:
        value = text_of(run(user, sources))
        if value and value.casefold() not in sources.taken:
            return value
    raise Failed(f"each of the {len(runs)} values is taken or empty")


FUNCTIONS = (
    Function("Guid", (), Kind.TEXT, _guid, Way.SOURCED, note="Another one each time."),
    Function(
        "RandomString",
        (
            Slot("Length", "length", Kind.NUMBER),
            Slot("MinimumNumbers", "minimumNumbers", Kind.NUMBER),
            Slot("MinimumSpecialCharacters", "minimumSpecialCharacters", Kind.NUMBER),
            Slot("MinimumCapital", "minimumCapital", Kind.NUMBER),
            Slot("MinimumLowerCase", "minimumLowerCase", Kind.NUMBER),
            Slot("CharactersToAvoid", "charactersToAvoid", optional=True),
        ),
        Kind.TEXT,
        _random_string,
        Way.SOURCED,
        note="Another one each time, of 256 characters at most.",
    ),
    Function(
        "SelectUniqueValue",
        (Slot("uniqueValueRule", "uniqueValueRule"), Slot("uniqueValueRule", "uniqueValueRule")),
        Kind.TEXT,
        _select_unique_value,
        Way.LAZY,
        repeats=1,
        note="Only as the outermost function, only on creation, and not for the on-premises applications.",
    ),
)
