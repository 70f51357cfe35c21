"""Take the ledger of a service along to where the spec keeps it now, under the locks of both places."""

from __future__ import annotations

import os

from msgspec import Struct

from reconciler.errors import UsageError
from reconciler.ledger.ledger import open_ledger
from reconciler.ledger.migration import Moved, require_ledger
from reconciler.ledger.migration import migrate as copied
from reconciler.ledger.records import MIGRATE
from reconciler.ledger.stores.interface import Store
from reconciler.model.finding import Finding, in_order
from reconciler.operations.edges.author import who
from reconciler.operations.edges.state import GIT_REF, LEFT_BEHIND, held, store_beside, store_in_git
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Request
from reconciler.operations.stored import Stored, stored
from reconciler.operations.validate import quoted

DIRECTORY = "directory"


class Migrated(Struct, frozen=True):
    """What was taken along, from where and to where."""

    moved: Moved
    source: str
    target: str
    findings: tuple[Finding, ...]


def migrate(request: Request, reference: str = "") -> Migrated:
    """Copy the ledger into the store that the spec names: from the folder beside the spec, or from a git reference.

    Raises Refused where a place cannot be used, LockHeld, and what `reconciler.ledger.migration.migrate` does.
    """
    place = stored(request)
    source, name = _source(request, place, reference)
    if name == place.spec.store:
        raise UsageError(
            f"the ledger is kept in {place.store.where}, and would be taken there from itself",
            hint="say in `state` where it is to be kept, or with --from in which git reference it was",
        )
    require_ledger(source)
    clock, chance = SystemClock(), SystemChance()
    service, tenant = place.service, place.spec.tenant.id
    with held(source, clock, chance) as before, held(place.store, clock, chance) as after:
        moved = copied(source, place.store, service, tenant)
        ledger = open_ledger(place.store, service, tenant, clock, chance, by=who(os.environ))
        ledger.edit(MIGRATE, {"from": name, "to": place.spec.store}, ledger.applied, ledger.edges)
    notes = [note for note in place.notes if note.rule != LEFT_BEHIND.id]
    return Migrated(moved, source.where, place.store.where, in_order((*notes, *before, *after)))


def _source(request: Request, place: Stored, reference: str) -> tuple[Store, str]:
    """Where the ledger was, and how the spec would say that."""
    if not reference:
        return store_beside(request.root, place.service), DIRECTORY
    with quoted(place.validation):
        return store_in_git(request.root, place.spec, reference, place.service)[0], f"{GIT_REF}{reference}"
