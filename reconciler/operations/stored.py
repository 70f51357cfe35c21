"""The state of one service, opened for whoever works on the ledger itself: to read it, or to write under the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from reconciler.errors import ReconcilerError, Refused
from reconciler.ledger.document import LedgerDocument
from reconciler.ledger.ledger import Ledger, open_ledger
from reconciler.ledger.read import read_ledger
from reconciler.ledger.stores.interface import Store
from reconciler.model.finding import Finding
from reconciler.model.spec import Spec
from reconciler.model.words import counted
from reconciler.operations.edges.author import who
from reconciler.operations.edges.state import held, refuse_to_begin_anew, store_of
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Request, service_of
from reconciler.operations.validate import Validation, quoted, validate


class Stored(Struct, frozen=True):
    """Where the state of the service is that a spec works on, with notes on the place."""

    spec: Spec
    validation: Validation
    service: str
    store: Store
    notes: tuple[Finding, ...] = ()

    @property
    def document(self) -> LedgerDocument:
        """What the ledger says now. Raises LedgerDamaged."""
        return read_ledger(self.store, self.service, self.spec.tenant.id)


def stored(request: Request) -> Stored:
    """The state that the spec below the request's root names; faults of its things do not matter here.

    Raises Refused where the spec cannot be read, or its state not be kept where it says.
    """
    validation = validate(request.root)
    if validation.spec is None:
        raise Refused("the spec cannot be read", validation.findings, sources=validation.sources)
    spec = request.over(validation.spec)
    service = service_of(spec)
    with quoted(validation):
        store, notes = store_of(request.root, spec, service)
    return Stored(spec, validation, service, store, notes)


@contextmanager
def writing(place: Stored, *, anew: bool = False) -> Iterator[tuple[Ledger, tuple[Finding, ...]]]:
    """The ledger, opened for writing under its lock, with notes. Raises LockHeld; ReconcilerError while steps are open.

    Where there is none yet, that is an error too, unless it may be made `anew`; one that was left behind is Refused.
    What a broken run left open is found out by an apply alone, and until then nobody knows what a ledger should say.
    """
    clock, chance = SystemClock(), SystemChance()
    with quoted(place.validation):
        refuse_to_begin_anew(place.notes)
    with held(place.store, clock, chance) as notes:
        ledger = open_ledger(place.store, place.service, place.spec.tenant.id, clock, chance, by=who(os.environ))
        if not ledger.document.applied.known and not anew:
            raise ReconcilerError(f"there is no ledger in {place.store.where} yet", hint="the first apply makes it")
        if ledger.open_steps:
            raise ReconcilerError(
                f"an apply broke off and left {counted(len(ledger.open_steps), 'step')} open",
                hint="apply first: it finds out by reading what came of them",
            )
        yield ledger, notes
