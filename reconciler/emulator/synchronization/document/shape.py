"""Check that a document has the members and types of a synchronization schema."""

import re

from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.members import SHAPES, Many, Member, Scalar, Words

MAX_DEPTH = 64
"""How deep functions may stand in each other; the documents that were seen have four levels."""

_INT32 = range(-(2**31), 2**31)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)\Z")


def check_shape(document: object, shape: str = "schema") -> None:
    """Raise DocumentFault at the first member that has another type than it must; `shape` names a type of the table.

    Absent members are fine, unknown ones are not looked at. Words of an enumeration are matched by case, and an unknown
    one is answered as the service does: `schema : Requested value 'flowWhenChanged' was not found.`
    """
    try:
        _check(document, Member(shape, nullable=False), 0)
    except _Misfit as misfit:
        place = "".join(reversed(misfit.path)).lstrip(".") or "schema"
        raise DocumentFault("schema : " + misfit.message.replace("{place}", place)) from None


class _Misfit(Exception):
    """A value that does not fit; the path is put together on the way out, so that a sound document pays nothing."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.path: list[str] = []


def _check(value: object, member: Member, depth: int) -> None:
    if value is None:
        if not member.nullable:
            raise _Misfit("The property '{place}' does not allow null values.")
        return
    match member.type:
        case Scalar():
            if not _fits(value, member.type):
                raise _mistyped(member.type.value)
        case Words():
            _check_words(value, member.type)
        case Many(of):
            _check_items(value, Member(of, nullable=of is Scalar.STRING), depth + 1)
        case str():
            _check_members(value, member.type, depth + 1)


def _check_items(value: object, item: Member, depth: int) -> None:
    if not isinstance(value, list):
        raise _mistyped("a collection")
    position = 0
    try:
        for position, element in enumerate(value):  # noqa: B007 (the position is read where a check fails)
            _check(element, item, depth)
    except _Misfit as misfit:
        misfit.path.append(f"[{position}]")
        raise


def _check_members(value: object, name: str, depth: int) -> None:
    if not isinstance(value, dict):
        raise _mistyped("an object")
    if depth > MAX_DEPTH:
        raise _Misfit("The document is nested too deep.")
    members = SHAPES[name].members
    key = ""
    try:
        for key, inner in value.items():
            member = members.get(key)
            if member is not None:
                _check(inner, member, depth)
    except _Misfit as misfit:
        misfit.path.append(f".{key}")
        raise


def _fits(value: object, scalar: Scalar) -> bool:
    match scalar:
        case Scalar.STRING:
            return isinstance(value, str)
        case Scalar.BOOLEAN:
            return isinstance(value, bool)
        case Scalar.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and value in _INT32
        case Scalar.DATE:
            return isinstance(value, str) and _DATE.match(value) is not None


def _check_words(value: object, words: Words) -> None:
    if not isinstance(value, str):
        raise _mistyped(words.name)
    for word in value.split(",") if words.flags else (value,):
        if (word.strip() if words.flags else word) not in words.members:
            raise _Misfit(f"Requested value '{word.strip()[:64]}' was not found.")


def _mistyped(wanted: str) -> _Misfit:
    return _Misfit(f"Cannot read the value of '{{place}}' as {wanted}.")
