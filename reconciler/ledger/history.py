"""What the journal tells of the past: every apply with what came of it, and every change of the ledger by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from reconciler.ledger.journal import Record
from reconciler.ledger.records import ADOPT, BEGIN, END, FORGET, MIGRATE, MOVE, RESULT
from reconciler.model.record import Ending
from reconciler.model.values import Json, member, number, text


class Deed(Enum):
    """What was done."""

    APPLY = "apply"
    ADOPT = ADOPT
    FORGET = FORGET
    MOVE = MOVE
    MIGRATE = MIGRATE


class Past(Struct, frozen=True):
    """One deed: when, by whom ("" where the journal does not say), and on what.

    `subject` is the digest of an apply's plan, else an address; `target` the new address of a move. Of a migration
    they are where the ledger was and where it is. Of an apply,
    `steps` is how many its plan had; `done` to `skipped` what came of them, as far as the journal tells; `recovered`
    how many of those a later run found out; `ended` is None where it broke off, or still runs.
    """

    deed: Deed
    at: datetime
    by: str
    subject: str
    target: str = ""
    steps: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    recovered: int = 0
    ended: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether an apply ended with every step done; a person's change always is."""
        return self.deed is not Deed.APPLY or (self.ended is not None and not self.failed and not self.skipped)


def history(records: Iterable[Record]) -> tuple[Past, ...]:
    """What was done, oldest first. Records of an unknown kind are left out. Raises Malformed."""
    reading = _Reading()
    for record in records:
        take = _TAKES.get(record.kind)
        if take is not None:
            take(reading, record)
    return tuple(replace(past, **reading.counts(position)) for position, past in enumerate(reading.past))


@dataclass(slots=True)
class _Reading:
    """What was read so far. `newest` is the last apply of each plan; a saved plan has one, others may have more."""

    past: list[Past] = field(default_factory=list)
    endings: dict[int, dict[str, Ending]] = field(default_factory=dict)
    recovered: dict[int, int] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    running: int | None = None

    def begin(self, record: Record) -> None:
        body = record.body
        plan, steps = text(body.get("plan")), int(number(body.get("steps")))
        self.newest[plan] = self.running = len(self.past)
        self.past.append(Past(Deed.APPLY, _moment(record), _by(body), plan, steps=steps))

    def result(self, record: Record) -> None:
        position = self.newest.get(text(record.body.get("plan")))
        if position is None:
            return
        ending = member(Ending, record.body.get("ending"))
        self.endings.setdefault(position, {})[text(record.body.get("step"))] = ending
        if record.body.get("recovered") and ending is Ending.DONE:
            self.recovered[position] = self.recovered.get(position, 0) + 1

    def end(self, record: Record) -> None:
        if self.running is None:
            return
        done, failed, skipped = (int(number(record.body.get(key))) for key in ("done", "failed", "skipped"))
        known = self.past[self.running]
        self.past[self.running] = replace(known, done=done, failed=failed, skipped=skipped, ended=_moment(record))
        self.running = None

    def edit(self, record: Record) -> None:
        body = record.body
        subject, target = text(body.get("address")), text(body.get("to", ""))
        self.past.append(Past(Deed(record.kind), _moment(record), _by(body), subject, target))

    def migrate(self, record: Record) -> None:
        body = record.body
        self.past.append(Past(Deed.MIGRATE, _moment(record), _by(body), text(body.get("from")), text(body.get("to"))))

    def counts(self, position: int) -> Mapping[str, int]:
        """What the results say of an apply; of one that ended its own count, which has the waits too, says more."""
        found = {"recovered": self.recovered.get(position, 0)}
        if self.past[position].ended is None:
            endings = self.endings.get(position, {}).values()
            found["done"] = sum(ending is Ending.DONE for ending in endings)
            found["failed"] = sum(ending in {Ending.REFUSED, Ending.WITHHELD, Ending.NOT_DONE} for ending in endings)
        return found


_TAKES = {
    BEGIN: _Reading.begin,
    RESULT: _Reading.result,
    END: _Reading.end,
    ADOPT: _Reading.edit,
    FORGET: _Reading.edit,
    MOVE: _Reading.edit,
    MIGRATE: _Reading.migrate,
}


def _moment(record: Record) -> datetime:
    return datetime.fromisoformat(record.at)


def _by(body: Mapping[str, Json]) -> str:
    return text(body.get("by", ""))
