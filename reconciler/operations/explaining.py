"""Explain a thing: what the spec wants of it, what the service holds, what was applied, and who manages each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ExitCode, ReconcilerError
from reconciler.model.address import Address, Kind
from reconciler.model.cells import Clear, DesiredCell, Value
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import Role, field_of
from reconciler.model.finding import Finding, in_order
from reconciler.model.place import Place
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState, Desired, DesiredState
from reconciler.operations.edges.connect import connected
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Request, survey
from reconciler.operations.stored import stored
from reconciler.operations.validate import Validation, quoted
from reconciler.plan.story import Story, stories
from reconciler.spec.site import KINDS

_SECTIONS = {kind: section for section, kind in KINDS.items()}


class Explanation(Struct, frozen=True):
    """What is known of one thing, with the findings of looking. `origins` tells where values come from by field."""

    address: Address
    service: str
    place: Place | None
    live_id: str
    stories: tuple[Story, ...]
    origins: Mapping[str, str]
    findings: tuple[Finding, ...]
    validation: Validation
    failed: bool = False
    ledger: bool = True

    @property
    def exit_code(self) -> ExitCode:
        """7 where a read failed, else 0."""
        return ExitCode.UNREADABLE if self.failed else ExitCode.DONE


async def explain(request: Request, address: Address, tell: Tell = nobody) -> Explanation:
    """What is known of a thing, or of a part of it; of the service only that is read.

    Raises ReconcilerError for a thing that neither spec nor ledger knows, Refused where the spec cannot be read or
    bound, Unreadable where nobody can sign in.
    """
    place = stored(request)
    document = place.document
    thing = address.thing
    _require(thing, (*place.spec.desired.things, *document.applied.things))
    clock = SystemClock()
    narrow = _narrowed(place.spec, thing)
    async with connected(narrow, request.root, clock, SystemChance(), tell=tell) as connection:
        client = connection.client(_known(document.united, thing), seconds=request.time_limit)
        with quoted(place.validation):
            ground = await survey(place.spec, document.united, document.edges, client, clock.now())
    told = stories(address, place.spec, ground.live, document.applied)
    if not told:
        raise ReconcilerError(f"{thing} has no part {address.part}", hint=f"all of it: reconciler explain {thing}")
    desired, live = place.spec.desired.things.get(thing), ground.live.things.get(thing)
    return Explanation(
        address,
        place.service,
        desired.place if desired else None,
        live.live_id if live else "",
        told,
        _origins(told, thing.kind, desired, place.validation),
        in_order((*place.notes, *client.findings)),
        place.validation,
        failed=bool(client.findings),
        ledger=document.applied.known,
    )


def _require(address: Address, known: Iterable[Address]) -> None:
    things = {str(each): each for each in known}
    if str(address) in things:
        return
    if address.kind is Kind.MAPPING:
        hint = "a mapping is told where an app uses it: reconciler explain app/KEY/mapping/SOURCE"
        raise ReconcilerError(f"{address} is no thing of its own", hint=hint)
    near = get_close_matches(str(address), things, n=1)
    hint = f"did you mean {near[0]}?" if near else "`reconciler status --all` names what there is"
    raise ReconcilerError(f"neither the spec nor the ledger knows {address}", hint=hint)


def _narrowed(spec: Spec, address: Address) -> Spec:
    """The spec of which only one thing has to be read: of every other app what finds it, and nothing more."""
    things = {each: thing if each == address else _bare(thing) for each, thing in spec.desired.things.items()}
    return replace(spec, desired=DesiredState(things))


def _bare(thing: Desired) -> Desired:
    if thing.address.kind is not Kind.APP:
        return thing
    cells = {key: cell for key, cell in thing.cells.items() if _binds(key)}
    return replace(thing, cells=cells)


def _binds(key: str) -> bool:
    return field_of(Kind.APP, key).role is Role.BINDING and not key.startswith("job.")


def _known(applied: AppliedState, address: Address) -> AppliedState:
    return replace(applied, things={each: thing for each, thing in applied.things.items() if each == address})


def _origins(told: Iterable[Story], kind: Kind, desired: Desired | None, validation: Validation) -> dict[str, str]:
    """Where values come from that do not stand with the thing itself."""
    origins = {story.key: _origin(story.desired, kind, validation) for story in told}
    if desired and "connector.host" in desired.cells and "connector.url" in origins:
        origins["connector.url"] = "made of connector.host and connector.name"
    return {key: origin for key, origin in origins.items() if origin}


def _origin(cell: DesiredCell[object], kind: Kind, validation: Validation) -> str:
    match cell:
        case Value(place=Place() as place) | Clear(place=Place() as place):
            default = validation.defaults.get(kind)
            return f"by defaults.{_SECTIONS[kind]}" if default and default.holds(place) else ""
        case Value(place=None):
            return "by default of the program"
    return ""
