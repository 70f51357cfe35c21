"""The ledger of one service while a run works on it: each change goes to the journal first, then to the document.

    begin     journal: begin               document: the plan is used
    intend    journal: intent, a line each document: the steps as open, beside what was applied
    conclude  journal: result, a line each document: what was observed is applied; what nobody knows stays open
    end       journal: end                 document: as it is

A crash between the two leaves journal records that the document has not seen: `open_steps` then holds their steps
too. So whatever a crash cuts off, every step that may have been sent is either concluded or open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from reconciler.ledger.document import LedgerDocument, to_bytes
from reconciler.ledger.fingerprint import fingerprint, fits
from reconciler.ledger.journal import Journal, Reading, open_journal
from reconciler.ledger.read import read_ledger
from reconciler.ledger.records import (
    BEGIN,
    END,
    INTENT,
    RESULT,
    begin_to_json,
    end_to_json,
    intent_to_json,
    planned_from_json,
    result_to_json,
)
from reconciler.ledger.snapshots import snapshot_name
from reconciler.ledger.stores.interface import Store
from reconciler.model.address import Address
from reconciler.model.plan import Plan
from reconciler.model.ports import Chance, Clock
from reconciler.model.record import Intent, OpenStep, Result
from reconciler.model.secret import SecretText
from reconciler.model.states import AppliedState, Edge
from reconciler.model.values import Json, text


def open_ledger(store: Store, service: str, tenant_id: str, clock: Clock, chance: Chance, by: str = "") -> Ledger:
    """Open the ledger for writing, under the lock, for somebody. Raises LedgerDamaged and JournalDamaged."""
    held = store.read()
    document = read_ledger(store, service, tenant_id) if held else LedgerDocument(service, tenant_id)
    journal, reading = open_journal(store, document.head)
    document = replace(document, open=(*document.open, *_unseen(document, reading)))
    return Ledger(store, document, journal, clock, chance, held.revision if held else None, by=by)


def _unseen(document: LedgerDocument, reading: Reading) -> Iterable[OpenStep]:
    """Steps whose intents are in the journal, and that the document has not heard of."""
    for record in reading.records(document.head.number):
        if record.kind == INTENT:
            since = datetime.fromisoformat(record.at)
            yield OpenStep(planned_from_json(record.body.get("step")), text(record.body.get("plan")), since)


@dataclass(slots=True)
class Ledger:
    """The ledger that a run writes. Every method that changes it returns once the change is durable.

    `by` is who runs it, for the journal.
    """

    store: Store
    document: LedgerDocument
    journal: Journal
    clock: Clock
    chance: Chance
    revision: str | None = None
    plan: str = ""
    by: str = ""

    @property
    def applied(self) -> AppliedState:
        """What was applied, as far as it was observed. Open steps are not in it."""
        return self.document.applied

    @property
    def edges(self) -> Mapping[Edge, datetime]:
        """When each membership and assignment that this repository made was made."""
        return self.document.edges

    @property
    def open_steps(self) -> tuple[OpenStep, ...]:
        """Steps that may have been sent, and of which nobody knows what came of them."""
        return self.document.open

    def used_at(self, digest: str) -> datetime | None:
        """When a plan was applied; None where it never was."""
        return self.document.used.get(digest)

    def begin(self, plan: Plan, applied: AppliedState) -> None:
        """Record that a plan is being applied, over what is known to be applied; from now on it is used."""
        now = self.clock.now()
        self.plan = plan.digest
        with self.store.together():
            self.journal.append(now.isoformat(), [(BEGIN, begin_to_json(plan, self.by))])
            self._write(replace(self.document, applied=applied, used={**self.document.used, plan.digest: now}))

    def intend(self, intents: Sequence[Intent]) -> None:
        """Record a wave that is about to be sent: its steps are open until they are concluded."""
        now = self.clock.now()
        opened = tuple(OpenStep(intent.step, self.plan, now) for intent in intents)
        with self.store.together():
            self.journal.append(now.isoformat(), [(INTENT, intent_to_json(intent, self.plan)) for intent in intents])
            self._write(replace(self.document, open=(*self.document.open, *opened)))

    def conclude(
        self,
        results: Sequence[Result],
        applied: AppliedState,
        edges: Mapping[Edge, datetime],
        *,
        recovered: bool = False,
    ) -> None:
        """Record what came of steps; `applied` holds only what was observed, `edges` all that exist and are ours."""
        records = [(RESULT, result_to_json(result, self.plan, recovered=recovered)) for result in results]
        closed = {(result.plan or self.plan, result.step) for result in results if not result.ending.is_open}
        left = tuple(each for each in self.document.open if (each.plan, each.step.id) not in closed)
        with self.store.together():
            self.journal.append(self.clock.now().isoformat(), records)
            self._write(replace(self.document, applied=applied, edges=edges, open=left))

    def end(self, done: int, failed: int, skipped: int) -> None:
        """Record that the apply has ended."""
        with self.store.together():
            self.journal.append(self.clock.now().isoformat(), [(END, end_to_json(done, failed, skipped))])
            self._write(self.document)

    def edit(self, kind: str, body: Mapping[str, Json], applied: AppliedState, edges: Mapping[Edge, datetime]) -> None:
        """Let a person change what the ledger says, with a record of who did what."""
        with self.store.together():
            self.journal.append(self.clock.now().isoformat(), [(kind, {"by": self.by, **body})])
            self._write(replace(self.document, applied=applied, edges=edges))

    def record(self, applied: AppliedState) -> None:
        """Take over what the spec and the service agree on. Nothing is written where nothing is new."""
        if applied != self.document.applied:
            self._write(replace(self.document, applied=applied))

    def fingerprint(self, secret: SecretText) -> str:
        """The salted digest that is kept of a secret."""
        return fingerprint(secret, self.chance.token())

    def fits(self, secret: SecretText, digest: str) -> bool | None:
        """Whether a digest was made of this secret; None where its form is unknown."""
        return fits(secret, digest)

    def keep(self, app: Address, document: bytes) -> None:
        """Keep an app's schema as it is before a write."""
        self.store.keep(snapshot_name(app, self.clock.now(), document), document)

    def _write(self, document: LedgerDocument) -> None:
        applied = replace(document.applied, known=True)
        document = replace(document, applied=applied, head=self.journal.head)
        self.revision = self.store.swap(to_bytes(document), self.revision)
        self.document = document
