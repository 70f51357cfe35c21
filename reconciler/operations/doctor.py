"""Doctor: sign in for each surface, try what verbs read, and say what the credentials can do. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ExitCode
from reconciler.ledger.read import read_ledger
from reconciler.model.abilities import (
    Ability,
    Capability,
    Looked,
    Standing,
    SurfaceStanding,
    VerbStanding,
    ability,
    worst,
)
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.principals import principal_queries
from reconciler.model.states import AppliedState
from reconciler.msgraph.auth import FixedToken, NoToken
from reconciler.msgraph.client import GraphClient
from reconciler.msgraph.sign_in import TOKEN_VARIABLE
from reconciler.msgraph.token_claims import holder_of
from reconciler.msgraph.wire import permissions as known
from reconciler.operations.edges.connect import Connection, connected
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Request
from reconciler.operations.stored import stored

_TOPOLOGY = (known.READ_TOPOLOGY,)
_JOBS = (known.READ_PRINCIPALS, known.READ_JOBS)
_APPS = (*_JOBS, known.READ_SCHEMAS, known.READ_CONNECTION)
_TOPOLOGY_WRITES = (known.CREATE_GROUPS, known.CHANGE_GROUPS, known.WRITE_RESOURCES, known.WRITE_UPDATER)
_APPS_WRITES = (known.WRITE_JOBS, known.WRITE_SCHEMAS, known.WRITE_CONNECTION)

VERBS: Mapping[Surface, Mapping[str, tuple[Capability, ...]]] = {
    Surface.APPS: {
        "status": _JOBS,
        "plan": _APPS,
        "drift": _APPS,
        "import": _APPS,
        "apply": (*_APPS, *_APPS_WRITES),
    },
    Surface.TOPOLOGY: {
        "status": _TOPOLOGY,
        "plan": _TOPOLOGY,
        "drift": _TOPOLOGY,
        "import": _TOPOLOGY,
        "apply": (*_TOPOLOGY, *_TOPOLOGY_WRITES),
    },
}
"""What each verb has to be able to do on a surface; an apply only what its plan holds of it."""


class Examined(Struct, frozen=True):
    """What the credentials for each chosen surface can do."""

    service: str
    tenant_id: str
    surfaces: tuple[SurfaceStanding, ...]
    notes: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """7 where a chosen surface cannot be read, else 0."""
        return ExitCode.DONE if all(each.reads for each in self.surfaces) else ExitCode.UNREADABLE


async def examine(request: Request, tell: Tell = nobody) -> Examined:
    """What the credentials at hand can do. Raises Refused where the spec cannot be read, Unreadable without a way in.

    Only GETs are sent. What a write would need is judged by the token's own words. `tell` is told of calls and waits.
    """
    place = stored(request)
    applied = read_ledger(place.store, place.service, place.spec.tenant.id).united
    way_in = connected(place.spec, request.root, SystemClock(), SystemChance(), tell=tell, signed_in=False)
    async with way_in as connection:
        client = connection.client(applied, seconds=request.time_limit)
        chosen = [surface for surface in VERBS if surface in place.spec.surfaces]
        found = [await _surface(surface, connection, client, applied) for surface in chosen]
    return Examined(place.service, place.spec.tenant.id, tuple(found), place.notes)


async def _surface(
    surface: Surface, connection: Connection, client: GraphClient, applied: AppliedState
) -> SurfaceStanding:
    way = _way(connection, surface)
    try:
        token = await connection.credential.token(surface)
    except NoToken as error:
        return SurfaceStanding(surface, way, None, problem=error.message, hint=error.hint)
    looked = await _looked(surface, connection, client, applied)
    holder = holder_of(token) if token is not None else None
    verbs = _verbs(surface, audited=surface is connection.audit_surface)
    needed = dict.fromkeys(capability for needs in verbs.values() for capability in needs)
    abilities = {each: ability(each, looked.attempts, holder, bare=token is None) for each in needed}
    stand = tuple(_verb(verb, [abilities[each] for each in needs]) for verb, needs in verbs.items())
    return SurfaceStanding(surface, way if token else "", holder, tuple(abilities.values()), stand, looked)


async def _looked(surface: Surface, connection: Connection, client: GraphClient, applied: AppliedState) -> Looked:
    """What came of the reads of a surface, and of the audit log where it is read with this surface's token."""
    look = client.examination
    if surface is Surface.TOPOLOGY:
        looked = await look.topology()
    else:
        looked = await look.apps(principal_queries(connection.spec.desired, applied))
    audit = await look.audit_log(surface) if surface is connection.audit_surface else ()
    return replace(looked, attempts=(*looked.attempts, *audit))


def _verbs(surface: Surface, *, audited: bool) -> Mapping[str, tuple[Capability, ...]]:
    verbs = VERBS[surface]
    return {**verbs, "drift": (*verbs["drift"], known.READ_AUDIT)} if audited else verbs


def _verb(verb: str, needs: Sequence[Ability]) -> VerbStanding:
    """How a verb stands: by all that it cannot do without. It can do the rest where some of what it does is lacking."""
    lacking = tuple(each.capability.what for each in needs if each.standing is Standing.LACKING)
    return VerbStanding(verb, worst(each for each in needs if not each.capability.extra), lacking)


def _way(connection: Connection, surface: Surface) -> str:
    """How the token was asked for, in the spec's word, or the variable that holds it."""
    given = isinstance(connection.credential, FixedToken)
    return TOKEN_VARIABLE if given else connection.spec.tenant.sign_in(surface).way.value
