"""Which service principal each app stands for, and what must be looked up to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.binding_rules import NO_PRINCIPAL
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.claims import Answer, Settled, disagreement, only, settle
from reconciler.model.finding import Finding
from reconciler.model.inventory import PrincipalRecord
from reconciler.model.memory import Memory
from reconciler.model.states import AppliedState, DesiredState

_NEVER_ASKED = Unreadable(Reason.NOT_READ)

Found = Mapping[str, tuple[PrincipalRecord, ...] | Unreadable]
"""What was found, by what was asked for. What was never asked for is not here; what does not exist is ()."""


class PrincipalKey(Enum):
    """What finds a service principal; the value is the field key. The first one that an app names decides."""

    ID = "servicePrincipal.id"
    APP_ID = "servicePrincipal.appId"
    DISPLAY_NAME = "servicePrincipal.displayName"


class PrincipalQuery(Struct, frozen=True):
    """One look-up of service principals: those whose id, app id or display name is this text.

    `known` is the id that the ledger has for what is looked up, "" where it has none: should the list not show it, only
    a look at that id can tell whether it is gone.
    """

    by: PrincipalKey
    text: str
    known: str = ""


def principal_queries(desired: DesiredState, applied: AppliedState) -> tuple[PrincipalQuery, ...]:
    """Everything that `bind_principals` wants answered, each query once.

    Besides what the spec says these are the ids that the ledger knows: of apps that the spec finds by a mere name, and
    of apps that the spec dropped.
    """
    memory = Memory.of(desired, applied)
    return tuple(dict.fromkeys(_queries(desired, memory)))


def bind_principals(desired: DesiredState, memory: Memory, found: Found) -> Settled[PrincipalRecord]:
    """The principal of every app of the spec. An app whose principal is missing has a finding and no principal."""
    look = _Look(desired, memory, found)
    apps = [thing.address for thing in desired.of(Kind.APP)]
    return settle(desired, apps, (look.by_identity, look.by_ledger, look.by_name))


def _queries(desired: DesiredState, memory: Memory) -> Iterator[PrincipalQuery]:
    for thing in desired.of(Kind.APP):
        key = _key_of(desired, thing.address)
        known = memory.live_id(thing.address)
        is_named = key in {None, PrincipalKey.DISPLAY_NAME}
        if key is not None:
            yield PrincipalQuery(key, desired.text(thing.address, key.value), "" if is_named else known)
        if known and is_named:
            yield PrincipalQuery(PrincipalKey.ID, known, known)
    for known in memory.live_ids(desired, Kind.APP).values():
        if known:
            yield PrincipalQuery(PrincipalKey.ID, known, known)


def _key_of(desired: DesiredState, app: Address) -> PrincipalKey | None:
    return next((key for key in PrincipalKey if desired.text(app, key.value)), None)


class _Look(Struct, frozen=True):
    desired: DesiredState
    memory: Memory
    found: Found

    def by_identity(self, app: Address, _taken: AbstractSet[str]) -> Answer[PrincipalRecord]:
        """By id or app id, which stand for one principal or none."""
        key = _key_of(self.desired, app)
        if key is None or key is PrincipalKey.DISPLAY_NAME:
            return None
        return self._one_of(app, key, self._asked(self.desired.text(app, key.value)))

    def by_ledger(self, app: Address, taken: AbstractSet[str]) -> Answer[PrincipalRecord]:
        """By the id that the ledger knows, while that principal exists."""
        known = self.memory.live_id(app)
        if not known or known in taken:
            return None
        name = self.desired.text(app, PrincipalKey.DISPLAY_NAME.value)
        named = self._asked(name)
        namesakes = named if isinstance(named, tuple) else ()
        remembered = self.found.get(known, tuple(record for record in namesakes if record.id == known))
        if isinstance(remembered, Unreadable):
            return remembered
        rivals = [record for record in namesakes if record.id not in taken]
        for record in remembered:
            if rivals and record.display_name.casefold() != name.casefold():
                return disagreement(self.desired, app, PrincipalKey.DISPLAY_NAME.value, record, rivals[0])
            return record
        return None

    def by_name(self, app: Address, taken: AbstractSet[str]) -> Answer[PrincipalRecord]:
        """By display name, where one principal has it."""
        if _key_of(self.desired, app) is not PrincipalKey.DISPLAY_NAME:
            return None
        found = self._asked(self.desired.text(app, PrincipalKey.DISPLAY_NAME.value))
        if isinstance(found, tuple):
            found = tuple(record for record in found if record.id not in taken)
        return self._one_of(app, PrincipalKey.DISPLAY_NAME, found)

    def _asked(self, text: str) -> tuple[PrincipalRecord, ...] | Unreadable:
        return self.found.get(text, _NEVER_ASKED)

    def _one_of(
        self, app: Address, key: PrincipalKey, found: tuple[PrincipalRecord, ...] | Unreadable
    ) -> Answer[PrincipalRecord]:
        if isinstance(found, Unreadable):
            return found
        hint = "say which one by its `id`, or by its `appId`"
        return only(self.desired, app, key.value, found, hint) or self._missing(app, key)

    def _missing(self, app: Address, key: PrincipalKey) -> Finding:
        asked = self.desired.text(app, key.value)
        return NO_PRINCIPAL.finding(
            f"there is no service principal for {app}: none has the {key.value.partition('.')[2]} {asked!r}",
            address=str(app),
            place=self.desired.place(app, key.value),
            hint="create the enterprise application first, or mend the reference",
        )
