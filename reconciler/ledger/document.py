"""The ledger as a document: everything that is known of what was applied, versioned and with a checksum.

    {"version":1,"checksum":"sha256:<64 hex>","ledger":{…}}⏎

The checksum is over the bytes of the inner object. The outer form is fixed, so that it is checked without parsing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from msgspec import Struct, field

from reconciler.errors import ReconcilerError
from reconciler.ledger.head import Head
from reconciler.model.applied_codec import applied_from_json, applied_to_json
from reconciler.model.record import OpenStep
from reconciler.model.states import AppliedState, Edge
from reconciler.model.values import Json, Malformed, address_from, items, members, number, text

VERSION = 1
"""The version of the document; a reader refuses a newer one."""

_FORM = re.compile(
    rb'\A\{"version":([1-9]\d{0,8}),"checksum":"sha256:([0-9a-f]{64})","ledger":(\{.*\})\}\n\Z', re.DOTALL
)


class LedgerDamaged(ReconcilerError):
    """Raised when a ledger does not hold what was written to it, or belongs to another service."""


class LedgerDocument(Struct, frozen=True):
    """What the ledger of one service says. `applied` is what was observed; of `open` steps nobody knows yet.

    `edges` are memberships and assignments that this repository made, with the moment; `used` the digests of the
    plans that were applied; `head` the last journal record that the ledger has seen.
    """

    service: str
    tenant_id: str
    applied: AppliedState = field(default_factory=AppliedState)
    edges: Mapping[Edge, datetime] = field(default_factory=dict)
    used: Mapping[str, datetime] = field(default_factory=dict)
    open: tuple[OpenStep, ...] = ()
    head: Head = field(default_factory=Head)

    @property
    def united(self) -> AppliedState:
        """What was applied and what may have been: what a run that settles nothing has to plan with."""
        if not self.open:
            return self.applied
        from reconciler.model.recording import with_intended  # noqa: PLC0415 - a run that broke off is rare

        return with_intended(self.applied, (each.step.step for each in self.open))


def to_bytes(document: LedgerDocument) -> bytes:
    """The document as a store keeps it."""
    inner = json.dumps(_inner(document), separators=(",", ":"), sort_keys=True).encode("ascii")
    checksum = hashlib.sha256(inner).hexdigest()
    return f'{{"version":{VERSION},"checksum":"sha256:{checksum}","ledger":'.encode() + inner + b"}\n"


def from_bytes(content: bytes, where: str, service: str, tenant_id: str) -> LedgerDocument:
    """The document that a store held. Raises LedgerDamaged: another form, checksum, version, service or tenant."""
    form = _FORM.match(content)
    if form is None:
        raise _damaged(where, "it does not have the form that this program writes")
    if int(form[1]) > VERSION:
        raise LedgerDamaged(
            f"the ledger in {where} was written by a newer version of this program",
            hint="use the version that wrote it",
        )
    if hashlib.sha256(form[3]).hexdigest().encode() != form[2]:
        raise _damaged(where, "its checksum does not fit its content")
    try:
        document = _document(members(json.loads(form[3])))
    except (Malformed, ValueError) as error:
        raise _damaged(where, str(error)) from error
    if (document.service, document.tenant_id) != (service, tenant_id):
        raise LedgerDamaged(
            f"the ledger in {where} is that of service {document.service}, tenant {document.tenant_id}, "
            f"not of {service}, tenant {tenant_id}",
            hint="give each service the folder that its own applies made",
        )
    return document


def _damaged(where: str, what: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"the ledger in {where} is damaged: {what}",
        hint="restore the folder from a backup; or move it away: the next apply then removes nothing, "
        "and records what it finds",
    )


def _inner(document: LedgerDocument) -> Json:
    return {
        "service": document.service,
        "tenantId": document.tenant_id,
        "applied": applied_to_json(document.applied),
        "edges": [
            {"member": str(edge.member), "group": str(edge.group), "since": since.isoformat()}
            for edge, since in sorted(document.edges.items())
        ],
        "used": {digest: at.isoformat() for digest, at in document.used.items()},
        "open": [_open_to_json(each) for each in document.open],
        "journal": {"number": document.head.number, "hash": document.head.hash},
    }


def _document(found: Mapping[str, Json]) -> LedgerDocument:
    head = members(found.get("journal"))
    return LedgerDocument(
        text(found.get("service")),
        text(found.get("tenantId")),
        applied_from_json(found.get("applied")),
        dict(_edge(members(edge)) for edge in items(found.get("edges"))),
        {digest: _moment(at) for digest, at in members(found.get("used")).items()},
        tuple(_open(members(each)) for each in items(found.get("open"))),
        Head(int(number(head.get("number"))), text(head.get("hash"))),
    )


def _edge(found: Mapping[str, Json]) -> tuple[Edge, datetime]:
    edge = Edge(address_from(text(found.get("member"))), address_from(text(found.get("group"))))
    return edge, _moment(found.get("since"))


def _open_to_json(open_step: OpenStep) -> Json:
    from reconciler.ledger.records import planned_to_json  # noqa: PLC0415 - most ledgers hold no open step

    return {
        "step": planned_to_json(open_step.step),
        "plan": open_step.plan,
        "since": open_step.since.isoformat(),
    }


def _open(found: Mapping[str, Json]) -> OpenStep:
    from reconciler.ledger.records import planned_from_json  # noqa: PLC0415 - most ledgers hold no open step

    return OpenStep(planned_from_json(found.get("step")), text(found.get("plan")), _moment(found.get("since")))


def _moment(document: Json) -> datetime:
    moment = datetime.fromisoformat(text(document))
    if moment.tzinfo is None:
        raise Malformed(f"a moment without a time zone: {cast('str', document)}")
    return moment
