"""The journal: one line of JSON per record, each with the hash of the one before, so that no line can change unseen.

    {"previous":"<64 hex>", "version":1, "number":7, "at":"…", "kind":"intent", …, "hash":"<64 hex>"}⏎

`hash` is the SHA-256 of the line up to it. A crash can leave a torn end behind the last durable line; it is cut. All
other damage is refused, and so is a journal that ends before what the ledger has seen of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.ledger.head import EMPTY, Head
from reconciler.ledger.stores.interface import Store
from reconciler.model.values import Json

VERSION = 1
"""The version of each record; a reader refuses a newer one."""

_TAIL = re.compile(rb',"hash":"([0-9a-f]{64})"\}\Z')
_TAIL_LENGTH = len(',"hash":""}') + 64
_HEAD = re.compile(rb'\A\{"previous":"([0-9a-f]{64})","version":(\d{1,9}),"number":(\d{1,15}),')


class JournalDamaged(ReconcilerError):
    """Raised when a journal does not hold what was written to it."""


class Record(Struct, frozen=True):
    """One record. `body` is what its kind says; `number` counts from 1."""

    number: int
    kind: str
    at: str
    body: Mapping[str, Json]


class Reading(Struct, frozen=True):
    """A journal that was read: its lines as bytes, the last record, its good size, and the bytes torn off behind."""

    lines: tuple[bytes, ...]
    head: Head
    size: int
    torn: int = 0

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records behind the first `after`."""
        return (_record(line, number) for number, line in enumerate(self.lines[after:], after + 1))


def read(content: bytes, where: str, seen: Head = EMPTY) -> Reading:
    """Check a journal from its first record to its last. `seen` is the last record that the ledger knows of.

    Raises JournalDamaged: a record that was changed, moved or taken out, a newer version, an end before `seen`.
    """
    *whole, rest = content.split(b"\n")
    head, lines, torn = EMPTY, list[bytes](), len(rest)
    for position, line in enumerate(whole):
        following = _check(line, head, where)
        if following is None:
            if position != len(whole) - 1 or rest or len(lines) < seen.number:
                raise _damaged(where, f"record {head.number + 1} is not as it was written")
            torn = len(line) + 1
            break
        head = following
        lines.append(line)
        if head.number == seen.number and head.hash != seen.hash:
            raise _damaged(where, f"record {head.number} is not the one that the ledger knows")
    if head.number < seen.number:
        raise _damaged(where, f"it ends at record {head.number}, and the ledger knows of {seen.number}")
    return Reading(tuple(lines), head, sum(map(len, lines)) + len(lines), torn)


def _check(line: bytes, head: Head, where: str) -> Head | None:
    opening, ending = _HEAD.match(line), _TAIL.search(line)
    if opening is None or ending is None:
        return None
    body = line[:-_TAIL_LENGTH]
    if hashlib.sha256(body).hexdigest().encode() != ending[1]:
        return None
    if opening[1].decode() != head.hash or int(opening[3]) != head.number + 1:
        return None
    if int(opening[2]) > VERSION:
        raise ReconcilerError(
            f"the journal in {where} was written by a newer version of this program",
            hint="use the version that wrote it",
        )
    return Head(head.number + 1, ending[1].decode())


def _record(line: bytes, number: int) -> Record:
    body = cast("dict[str, Json]", json.loads(line))
    return Record(number, str(body["kind"]), str(body["at"]), body)


def _damaged(where: str, what: str) -> JournalDamaged:
    return JournalDamaged(
        f"the journal in {where} is damaged: {what}",
        hint="restore the folder from a backup; or move it away: the next apply then removes nothing, "
        "and records what it finds",
    )


@dataclass(slots=True)
class Journal:
    """The end of a journal, to which records are added. `head` and `size` are those of what is durable."""

    store: Store
    head: Head
    size: int
    _dirty: bool = field(default=False, init=False)

    def append(self, at: str, records: Iterable[tuple[str, Mapping[str, Json]]]) -> None:
        """Add records, given by kind and body, as one durable write. Raises ReconcilerError; then none of them counts.

        After a failure the next append first cuts what the failed one may have left.
        """
        if self._dirty:
            self.store.cut(self.size)
        head, lines = self.head, list[bytes]()
        for kind, body in records:
            line, head = _line(head, at, kind, body)
            lines.append(line)
        if not lines:
            return
        content = b"".join(lines)
        self._dirty = True
        self.store.append(content)
        self.head, self.size, self._dirty = head, self.size + len(content), False


def _line(head: Head, at: str, kind: str, body: Mapping[str, Json]) -> tuple[bytes, Head]:
    opening = f'{{"previous":"{head.hash}","version":{VERSION},"number":{head.number + 1},'.encode("ascii")
    content = opening + _encoded({"at": at, "kind": kind, **body})[1:-1]
    digest = hashlib.sha256(content).hexdigest()
    return content + f',"hash":"{digest}"}}\n'.encode("ascii"), Head(head.number + 1, digest)


def _encoded(document: Mapping[str, Json]) -> bytes:
    """The JSON of a record, on one line. Half a surrogate pair, as a live name can hold, is written as an escape."""
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode("ascii")


def open_journal(store: Store, seen: Head) -> tuple[Journal, Reading]:
    """Read and check a store's journal, cut what a crash left behind its end, and open it for more.

    Raises JournalDamaged.
    """
    reading = read(store.journal(), store.where, seen)
    if reading.torn:
        store.cut(reading.size)
    return Journal(store, reading.head, reading.size), reading
