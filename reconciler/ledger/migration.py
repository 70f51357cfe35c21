"""Take the state of a service along from one store to another, checked on the way out and on the way in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.ledger.document import LedgerDamaged, LedgerDocument, from_bytes
from reconciler.ledger.journal import read
from reconciler.ledger.stores.interface import Revised, Store


class Moved(Struct, frozen=True):
    """What was taken along."""

    document: LedgerDocument
    records: int
    snapshots: int


class _State(Struct, frozen=True):
    """All that a store holds of a service."""

    ledger: bytes
    journal: bytes
    snapshots: Mapping[str, bytes]


def migrate(source: Store, target: Store, service: str, tenant_id: str) -> Moved:
    """Copy ledger, journal and snapshots. Both stores are locked by the caller; the source stays as it is.

    Raises LedgerDamaged and JournalDamaged where the source does not hold what was written to it, ReconcilerError where
    it holds nothing, and where the target holds something else already. What an earlier call that was cut short left in
    the target is overwritten.
    """
    held = require_ledger(source)
    document = from_bytes(held.content, source.where, service, tenant_id)
    content = source.journal()
    reading = read(content, source.where, document.head)
    names = source.snapshots()
    state = _State(held.content, content[: reading.size], {name: _snapshot(source, name) for name in names})
    _require_empty(target, state)
    for name, kept in state.snapshots.items():
        target.keep(name, kept)
    if target.journal():
        target.cut(0)
    with target.together():
        target.append(state.journal)
        target.swap(state.ledger, None)
    _require_same(target, state)
    return Moved(document, reading.head.number, len(names))


def require_ledger(source: Store) -> Revised:
    """The ledger in a store. Raises ReconcilerError where there is none."""
    held = source.read()
    if held is None:
        raise ReconcilerError(
            f"there is no ledger in {source.where}",
            hint="nothing is there to be taken along; --from names another place",
        )
    return held


def _snapshot(store: Store, name: str) -> bytes:
    """A snapshot, whose name ends with the beginning of its digest. Raises LedgerDamaged."""
    content = store.snapshot(name) or b""
    digest = name.removesuffix(".json").rpartition(".")[2]
    if not digest or not hashlib.sha256(content).hexdigest().startswith(digest):
        raise LedgerDamaged(
            f"the snapshot {name} in {store.where} is not as it was written",
            hint="restore it from a backup, or remove it",
        )
    return content


def _require_empty(target: Store, state: _State) -> None:
    """Raise ReconcilerError where the target holds a ledger, or what is no beginning of this one's journal."""
    if target.read() is not None or not state.journal.startswith(target.journal()):
        raise ReconcilerError(
            f"there is a ledger in {target.where} already",
            hint="`reconciler history` shows its past; only one of the two can be right, and none is written over",
        )


def _require_same(target: Store, state: _State) -> None:
    """Raise ReconcilerError where the target does not give back what was put into it."""
    held = target.read()
    found = _State(
        held.content if held else b"",
        target.journal(),
        {name: target.snapshot(name) or b"" for name in target.snapshots()},
    )
    if found != state:
        raise ReconcilerError(f"{target.where} does not hold what was written to it", hint="look at its disk")
