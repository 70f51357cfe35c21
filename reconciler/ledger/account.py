"""What is told of a ledger to whoever asks: its past, what it holds, and what a person changed in it."""

from __future__ import annotations

from msgspec import Struct

from reconciler.ledger.document import LedgerDocument
from reconciler.ledger.history import Past
from reconciler.model.address import Address
from reconciler.model.finding import Finding


class History(Struct, frozen=True):
    """The past of one service, newest first, and where it is kept."""

    service: str
    tenant_id: str
    where: str
    past: tuple[Past, ...]
    notes: tuple[Finding, ...] = ()


class Held(Struct, frozen=True):
    """What the ledger says, where it is, and which of its things the spec still names."""

    service: str
    tenant_id: str
    where: str
    document: LedgerDocument
    named: frozenset[Address]
    notes: tuple[Finding, ...] = ()


class Edited(Struct, frozen=True):
    """What a change of the ledger came to: the thing, its new address where it moved, and whether the spec names it.

    Of an adopted thing `recorded` are the fields that are on record now, and `left` those that cannot be: what they
    hold is not known, or differs from the spec part by part.
    """

    address: Address
    target: Address | None = None
    live_id: str = ""
    named: bool = False
    recorded: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
