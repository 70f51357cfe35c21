"""History: what was applied, by whom and with what result, as the journal tells it."""

from __future__ import annotations

from reconciler.ledger.account import History
from reconciler.ledger.history import history
from reconciler.ledger.journal import JournalDamaged, read
from reconciler.model.values import Malformed
from reconciler.operations.run import Request
from reconciler.operations.stored import stored


def past_of(request: Request) -> History:
    """What the journal of the spec's service tells. Raises Refused, LedgerDamaged, JournalDamaged."""
    place = stored(request)
    where = place.store.where
    seen = place.document.head
    reading = read(place.store.journal(), where, seen)
    try:
        past = history(reading.records())
    except (Malformed, ValueError) as error:
        raise JournalDamaged(f"the journal in {where} holds a record that makes no sense: {error}") from error
    return History(place.service, place.spec.tenant.id, where, tuple(reversed(past)), place.notes)
