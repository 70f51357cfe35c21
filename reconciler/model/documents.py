"""JSON documents: the one canonical form, digests over it, and readers that never trust what they read."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import rfc8785

from reconciler.errors import Refused
from reconciler.model.address import Address
from reconciler.model.document_rules import NEWER, SHAPE
from reconciler.model.rule import Rule

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

T = TypeVar("T")

_NUMBER = re.compile(r'[:\[,](?<![^"]:)-?(?:\d+[.eE]|\d{16}|NaN|Infinity)')
"""A number that plain JSON may write in another way than RFC 8785. A text that looks like one costs time, no more."""

_FAR = re.compile("[\ud800-\U0010ffff]")
"""A character that UTF-16, by which RFC 8785 sorts names, may sort in another place; or half of one."""


class Malformed(Refused):
    """Raised when a document does not have the shape that this program writes.

    `pointer` leads to the fault from the root, as in `steps/3/params/group`; the one finding says the same.
    """

    def __init__(self, fault: str, *, hint: str = "", pointer: str = "", rule: Rule = SHAPE) -> None:
        message = f"{pointer}: {fault}" if pointer else fault
        super().__init__(message, (rule.finding(message, hint=hint),), hint=hint)
        self.fault = fault
        self.pointer = pointer
        self.rule = rule

    def below(self, segment: str) -> Malformed:
        """The same fault, seen from one level further up."""
        pointer = f"{segment}/{self.pointer}" if self.pointer else segment
        return Malformed(self.fault, hint=self.hint, pointer=pointer, rule=self.rule)


def canonical(value: Json) -> bytes:
    """The one serialisation of a JSON value (RFC 8785), for digests and comparison.

    Raises Malformed for what has none: numbers beyond 53 bits, half surrogate pairs, anything that is no JSON.
    """
    try:
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        if isinstance(value, float | int) or _NUMBER.search(plain) or (not plain.isascii() and _FAR.search(plain)):
            return rfc8785.dumps(value)
        return plain.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed(f"a value has no canonical form: {_first_line(error)}") from error


def digest_of(value: Json) -> str:
    """`sha256:` and the SHA-256 of a value's canonical form."""
    return digest_of_bytes(canonical(value))


def digest_of_lists(plain: Mapping[str, Json], lists: Mapping[str, Iterable[Json]]) -> str:
    """`digest_of` the object with these members and these lists, of which one element at a time is in memory.

    Names are ASCII. Raises Malformed as `canonical` does.
    """
    whole_digest = hashlib.sha256()
    for piece in _pieces(plain, lists):
        whole_digest.update(piece)
    return f"sha256:{whole_digest.hexdigest()}"


def _pieces(plain: Mapping[str, Json], lists: Mapping[str, Iterable[Json]]) -> Iterator[bytes]:
    for number, name in enumerate(sorted({*plain, *lists})):
        yield b"," if number else b"{"
        yield canonical(name) + b":"
        if name in plain:
            yield canonical(plain[name])
            continue
        yield b"["
        for place, element in enumerate(lists[name]):
            yield b"," + canonical(element) if place else canonical(element)
        yield b"]"
    yield b"}"


def digest_of_bytes(content: bytes) -> str:
    """`sha256:` and the SHA-256 of bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_json(content: bytes | str) -> Json:
    """The JSON value of a file's content. Raises Malformed: no JSON, a name twice, absurd depth or numbers."""
    try:
        document: Json = json.loads(content, object_pairs_hook=_each_name_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"this is no JSON: {_first_line(error)}") from error
    return document


def take(found: Mapping[str, Json], name: str, read: Callable[[Json], T]) -> T:
    """A member of an object, read; None is read where there is no such member. A fault knows the member's name."""
    try:
        return read(found.get(name))
    except Malformed as fault:
        raise fault.below(name) from fault


def every(read: Callable[[Json], T]) -> Callable[[Json], tuple[T, ...]]:
    """A reader of lists whose items all have one form."""

    def read_all(document: Json) -> tuple[T, ...]:
        numbered = {str(number): item for number, item in enumerate(items(document))}
        return tuple(take(numbered, number, read) for number in numbered)

    return read_all


def table(read: Callable[[Json], T]) -> Callable[[Json], dict[str, T]]:
    """A reader of objects whose members all have one form."""
    return keyed(lambda _: read)


def keyed(read: Callable[[str], Callable[[Json], T]]) -> Callable[[Json], dict[str, T]]:
    """A reader of objects whose members all have one form, which needs to know each member's name."""

    def read_all(document: Json) -> dict[str, T]:
        found = members(document)
        return {name: take(found, name, read(name)) for name in found}

    return read_all


def optional(read: Callable[[Json], T]) -> Callable[[Json], T | None]:
    """A reader that takes null for None."""
    return lambda document: None if document is None else read(document)


def expect_version(found: Mapping[str, Json], version: int) -> None:
    """Raises Malformed where an object is of another version than this one."""
    read = take(found, "version", whole)
    if read != version:
        raise Malformed(
            f"this document has version {read}, and this program reads version {version}",
            hint="use the version of this program that wrote it; a plan can simply be made again",
            pointer="version",
            rule=NEWER,
        )


def address_from(document: Json) -> Address:
    """An address, from its text. Raises Malformed."""
    try:
        return Address.parse(text(document))
    except ValueError as error:
        raise Malformed(_first_line(error)) from error


def text(document: Json) -> str:
    """A text. Raises Malformed where the document holds something else."""
    if not isinstance(document, str):
        raise _expected("a text", document)
    return document


def number(document: Json) -> float:
    """A finite number. Raises Malformed where the document holds something else."""
    if isinstance(document, bool) or not isinstance(document, int | float) or not math.isfinite(document):
        raise _expected("a number", document)
    return document


def whole(document: Json) -> int:
    """A whole number. Raises Malformed where the document holds something else."""
    if isinstance(document, bool) or not isinstance(document, int):
        raise _expected("a whole number", document)
    return document


def flag(document: Json) -> bool:
    """True or false. Raises Malformed where the document holds something else."""
    if not isinstance(document, bool):
        raise _expected("true or false", document)
    return document


def members(document: Json) -> Mapping[str, Json]:
    """An object. Raises Malformed where the document holds something else."""
    if not isinstance(document, Mapping):
        raise _expected("an object", document)
    return document


def items(document: Json) -> Sequence[Json]:
    """A list. Raises Malformed where the document holds something else."""
    if isinstance(document, str) or not isinstance(document, Sequence):
        raise _expected("a list", document)
    return document


def member(kind: Callable[[str], T], document: Json) -> T:
    """A member of an enum by its value. Raises Malformed."""
    try:
        return kind(text(document))
    except ValueError as error:
        raise Malformed(_first_line(error)) from error


def _expected(what: str, document: Json) -> Malformed:
    return Malformed(f"expected {what}, found {_NAMES.get(type(document), 'something else')}")


_NAMES = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


def _each_name_once(pairs: list[tuple[str, Json]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(name for name in names if names.count(name) > 1)!r} occurs twice")
    return found


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is no number")


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
