"""What differs of an app's one list of connection settings and tokens, and whether it may be written at all.

Any write of the list sends every key that live holds. The service masks secrets when it is read, so that a secret
without a declared value would be lost: then nothing of the list is written.
Source: https://learn.microsoft.com/entra/identity/app-provisioning/skip-out-of-scope-deletions
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Absent, Known, Reason, Unreadable, Value
from reconciler.model.fields import Field, Surface, managed
from reconciler.model.plan import Cause, FieldChange, Unverifiable
from reconciler.model.secret import SecretSource
from reconciler.model.words import listed
from reconciler.plan.compare import Compared, InSync, cause_of, compare
from reconciler.plan.normalise import is_managed
from reconciler.plan.world import World

_LIST = tuple(
    field for field in managed(Kind.APP, Surface.APPS) if field.key.startswith(("connector.", "provisioning."))
)
SECRETS = tuple(field for field in _LIST if field.secret)
SETTINGS = tuple(field for field in _LIST if not field.secret)
TAKEN_AWAY = "the token is taken away: the service then sends one of its own"


def connection_differences(world: World, app: Address) -> Iterator[Compared]:
    """What differs of the settings, and which secrets are due."""
    for field in SETTINGS:
        yield from compare(world, app, field)
    for field in SECRETS:
        yield from _secret(world, app, field)


def _secret(world: World, app: Address, field: Field) -> Iterator[Compared]:
    """What differs of a secret. Of one that the spec clears it shows whether it is there, whatever it says."""
    cell = world.spec.desired.cell(app, field.key)
    if not is_managed(cell):
        return
    shown = world.live.cell(app, field.key)
    place = world.spec.desired.place(app, field.key)
    if isinstance(shown, Unreadable) and shown.reason is not Reason.MASKED:
        yield Unverifiable(app, field.key, shown, place)
        return
    if isinstance(cell, Value) and isinstance(cell.value, SecretSource):
        yield _declared(world, app, field, cell.value)
    elif isinstance(shown, Absent):
        yield InSync(app, field.key)
    else:
        yield FieldChange(field.key, _written(world, app, field), None, Cause.PENDING, (TAKEN_AWAY,), place)


def _declared(world: World, app: Address, field: Field, declared: SecretSource) -> FieldChange | Unverifiable:
    """A secret is due when its version is ahead of the ledger's, or when the list lost it. Else nobody can tell."""
    shown = world.live.cell(app, field.key)
    place = world.spec.desired.place(app, field.key)
    applied = _written(world, app, field)
    before = None if isinstance(shown, Absent) else applied
    if before is None or declared.version > before.version:
        cause = cause_of(field.normaliser, world.applied.cell(app, field.key), before, declared)
        return FieldChange(field.key, before, declared, cause, place=place)
    return Unverifiable(app, field.key, shown if isinstance(shown, Unreadable) else Unreadable(Reason.MASKED), place)


def _written(world: World, app: Address, field: Field) -> SecretSource | None:
    """The source and version that were last written, where any were."""
    match world.applied.cell(app, field.key):
        case Value(SecretSource() as source):
            return source
    return None


def declared_secret(world: World, app: Address, field: Field) -> SecretSource | None:
    """The source that the spec names for a secret; None where it names none."""
    match world.spec.desired.cell(app, field.key):
        case Value(SecretSource() as source):
            return source
    return None


def undeclared(world: World, app: Address) -> str:
    """Why the list may not be written: it holds masked keys that the spec does not declare. "" where it may."""
    thing = world.live.things.get(app)
    declared = {field.key for field in SECRETS if is_managed(world.spec.desired.cell(app, field.key))}
    masked = sorted(
        key
        for key, cell in (thing.cells.items() if thing else ())
        if isinstance(cell, Unreadable) and cell.reason is Reason.MASKED and key not in declared
    )
    if not masked:
        return ""
    declare = [key for key in masked if key in {field.key for field in SECRETS}]
    way = f"declare where {listed(declare)} comes from, or change" if len(declare) == len(masked) else "change"
    return (
        f"the service holds {listed(masked)}, which it never shows and any write of the list would lose: "
        f"{way} these settings at the portal"
    )


def carried(world: World, app: Address, due: set[str]) -> dict[str, SecretSource]:
    """Every secret that a write of the list must carry: those that are due, and those that live holds."""
    secrets: dict[str, SecretSource] = {}
    for field in SECRETS:
        source = declared_secret(world, app, field)
        if source and (field.key in due or not isinstance(world.live.cell(app, field.key), Absent | Known)):
            secrets[field.key] = source
    return secrets
