"""Read the ledger, for whoever writes nothing: without a lock, and without what only an apply needs."""

from __future__ import annotations

from reconciler.ledger.document import LedgerDocument, from_bytes
from reconciler.ledger.stores.interface import Store


def read_ledger(store: Store, service: str, tenant_id: str) -> LedgerDocument:
    """What the ledger says, without a lock and without the journal; an unknown applied state where there is none.

    Raises LedgerDamaged.
    """
    held = store.read()
    if held is None:
        return LedgerDocument(service, tenant_id)
    return from_bytes(held.content, store.where, service, tenant_id)
