"""Hypothesis strategies for the model, for every test that wants a state, a step or a plan that nobody thought of.

Values            `names` (any text), `keys` (of the spec), `addresses(kind)`, `maybe_places`, `field_values`,
                  `object_mappings`, `desired_mappings`, `secret_sources`
States            `desired_states`, `applied_states`, `live_states`: small worlds of a few agents, groups and apps that
                  refer to each other; `topologies` and `searches` for what a reader finds (few ids and names, so that
                  they clash often)
Steps             `steps`: any step at all; `due_steps(state)`: one whose conditions hold in a state, and that does
                  something there
Plans             `plans`: sealed, with steps that need earlier ones

All of them are pure functions of what they draw: they shrink well and need no fixture. To have a live state and
something that can be done in it:

    @given(st.data())
    def test_…(data):
        state = data.draw(live_states())
        step = data.draw(due_steps(state))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group
from reconciler.model.cells import ABSENT, UNMANAGED, Clear, Known, LiveCell, Reason, Unreadable, Value
from reconciler.model.change_codec import change_digest
from reconciler.model.codec import sealed
from reconciler.model.conditions import holds, post, schema_written
from reconciler.model.inventory import AgentRecord, GroupRecord, PrincipalRecord, ResourceRecord, Topology
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    Source,
    SourceKind,
    When,
)
from reconciler.model.place import Place
from reconciler.model.plan import (
    Action,
    Budget,
    Cause,
    Change,
    Fewest,
    FieldChange,
    GuardResult,
    Plan,
    PlannedStep,
    Ruling,
    StartValue,
    Unverifiable,
    Verdict,
)
from reconciler.model.secret import SecretSource
from reconciler.model.states import (
    AppliedState,
    Capabilities,
    DesiredState,
    Edge,
    FieldValue,
    LiveState,
    Thing,
)
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.values import start_value

# Values


ODD_NAMES = (
    "HR applications",
    "",
    "  two  blanks ",
    'a "quote" and a \\',
    "línea\nbreak\ttab",
    "人事",
    "\U0001f600\uffff",
    "\u202eright to left\x00",
    "/slash/",
    "x" * 250,
)
"""Texts that have broken programs before."""


@cache
def names() -> st.SearchStrategy[str]:
    """Any text that the service or a person may come up with: spaces, quotes, other scripts, line breaks, nothing."""
    return st.sampled_from(ODD_NAMES) | st.text(max_size=4)


@cache
def few_names() -> st.SearchStrategy[str]:
    """Names that clash often, with and without regard to case."""
    return st.sampled_from(["HR", "hr", "Finance", "FIN", "Straße", "STRASSE", ""])


@cache
def keys() -> st.SearchStrategy[str]:
    """Keys as a spec may write them, few enough to meet again."""
    return st.sampled_from(["ams-1", "fra.1", "hr", "HR", "fin_2", "0"])


@cache
def addresses(kind: Kind) -> st.SearchStrategy[Address]:
    """Addresses of whole things of a kind, bound and unbound."""
    return st.one_of(
        keys().map(lambda key: Address(kind, key)), keys().map(lambda live_id: Address.unbound(kind, live_id))
    )


@cache
def parts() -> st.SearchStrategy[Address]:
    """Addresses of any kind, of things and of their parts."""
    return st.builds(Address, st.sampled_from(Kind), keys(), names())


PLACES = (Place("reconciler.yaml", 3, 5, 3, 9), Place("apps/hr sql.yaml", 12, 1, 14, 80))
"""Stretches of files."""


@cache
def maybe_places() -> st.SearchStrategy[Place | None]:
    """A place, or none."""
    return st.sampled_from([None, *PLACES])


@cache
def secret_sources() -> st.SearchStrategy[SecretSource]:
    """Sources of secrets, in the environment or in a file."""
    some = st.text(min_size=1, max_size=8)
    return st.builds(SecretSource, st.integers(1, 9), env=some) | st.builds(SecretSource, st.integers(1, 9), file=some)


@cache
def sources() -> st.SearchStrategy[Source]:
    """What feeds a target attribute."""
    kinds = st.sampled_from([SourceKind.ATTRIBUTE, SourceKind.CONSTANT, SourceKind.EXPRESSION])
    return st.builds(Source, kinds, names()) | st.just(Source(SourceKind.NOTHING))


_EMPLOYEES = ClauseGroup("employees", (Clause("employeeType", "EQUALS", ("Employee",)), Clause("mail", "IS NOT NULL")))
_ODD = ClauseGroup("", (Clause('a "b"', "REGEX MATCH", ("^(x|\\y)$", "人事", "")),))


@cache
def scoping_filters() -> st.SearchStrategy[tuple[ClauseGroup, ...]]:
    """Filters of none, one or two groups of clauses."""
    return st.sampled_from([(), (_EMPLOYEES,), (_ODD, _EMPLOYEES), (ClauseGroup("nothing", ()),)])


@cache
def flows() -> st.SearchStrategy[frozenset[Flow]]:
    """What may be done to objects of the target."""
    return st.sampled_from([frozenset(Flow), frozenset({Flow.ADD}), frozenset({Flow.UPDATE, Flow.DELETE}), frozenset()])


TARGETS = ("userName", "department", 'emails[type eq "work"].value')
"""Names of target attributes, few enough to meet again."""


@cache
def targets() -> st.SearchStrategy[str]:
    """Names of target attributes."""
    return st.sampled_from(TARGETS)


def _by_target(of: Callable[[str], st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={target: of(target) for target in TARGETS})


@cache
def _attribute(target: str) -> st.SearchStrategy[AttributeMapping]:
    kinds, times = st.sampled_from(Apply), st.sampled_from(When)
    return st.builds(AttributeMapping, st.just(target), sources(), kinds, times, st.none() | names())


@cache
def object_mappings(source: str = "User") -> st.SearchStrategy[ObjectMapping]:
    """Object mappings as the service holds them: what matches is an attribute."""

    def build(
        target: str,
        enabled: bool,
        flow: frozenset[Flow],
        matching: tuple[str, ...],
        scope: tuple[ClauseGroup, ...],
        attributes: dict[str, AttributeMapping],
    ) -> ObjectMapping:
        matched = tuple(each for each in matching if each in attributes)
        return ObjectMapping(source, target, enabled, flow, matched, scope, attributes)

    matching = st.sampled_from([(), TARGETS[:1], TARGETS[1:]])
    return st.builds(build, names(), st.booleans(), flows(), matching, scoping_filters(), _by_target(_attribute))


def desired_cells(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a spec may say of a field: nothing, that it be cleared, or a value."""
    return st.sampled_from([UNMANAGED, Clear(), Clear(PLACES[0])]) | st.builds(Value, values, maybe_places())


@cache
def _desired_attribute(target: str) -> st.SearchStrategy[DesiredAttribute]:
    return st.builds(
        DesiredAttribute,
        st.just(target),
        sources() | st.builds(Clear),
        st.sampled_from([None, *Apply]),
        st.sampled_from([None, *When]),
        desired_cells(names()),
        maybe_places(),
    )


@cache
def desired_mappings(source: str = "User") -> st.SearchStrategy[DesiredMapping]:
    """Object mappings as a spec wants them."""
    matching = st.sampled_from([(), TARGETS[:1], TARGETS[1:]])
    return st.builds(
        DesiredMapping,
        st.just(source),
        names(),
        desired_cells(flows()),
        desired_cells(matching),
        desired_cells(scoping_filters()),
        _by_target(_desired_attribute),
        maybe_places(),
    )


@cache
def field_values() -> st.SearchStrategy[FieldValue]:
    """Everything that a cell can hold."""
    return st.one_of(
        names(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        parts(),
        st.frozensets(addresses(Kind.GROUP), max_size=3),
        st.lists(names(), max_size=3).map(tuple),
        secret_sources(),
        object_mappings(),
        desired_mappings(),
    )


@cache
def unreadable() -> st.SearchStrategy[Unreadable]:
    """Cells that nobody can tell of."""
    return st.builds(Unreadable, st.sampled_from(Reason), names())


@cache
def live_cells() -> st.SearchStrategy[LiveCell[FieldValue]]:
    """Any live cell."""
    return st.builds(Known, field_values()) | st.just(ABSENT) | unreadable()


# States

AGENTS = (agent("ams"), agent("fra"), agent("lon"))
GROUPS = (group("hr"), group("fin"), group("ops"))
APPS = (app("sql"), app("crm"))


TOKEN = "connector.secretToken"


def connection_values() -> Mapping[str, st.SearchStrategy[Any]]:
    """Connection settings by field key, with their values."""
    return {
        "connector.url": st.sampled_from(["https://one/scim", "https://two/scim"]),
        "provisioning.scope": st.sampled_from(["assigned", "all"]),
        "provisioning.deleteThreshold": st.integers(1, 500),
        "provisioning.skipOutOfScopeDeletions": st.booleans(),
    }


def updater_values() -> Mapping[str, st.SearchStrategy[Any]]:
    """Updater settings by field key, with their values."""
    return {"window.start": st.sampled_from(["01:00", "02:00"]), "deferUntil": st.just("2027-01-01T00:00:00Z")}


@cache
def _cells(values: Callable[[], Mapping[str, st.SearchStrategy[Any]]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: st.builds(Known, value) for key, value in values().items()})


@cache
def _several(things: tuple[Address, ...]) -> st.SearchStrategy[frozenset[Address]]:
    return st.frozensets(st.sampled_from(things)) if things else st.just(frozenset())


@cache
def _mapped() -> st.SearchStrategy[dict[str, Any]]:
    known = {f"mapping/{source}": st.builds(Known, object_mappings(source)) for source in ("User", "Group")}
    return st.fixed_dictionaries({}, optional=known)


@st.composite
def live_states(draw: st.DrawFn) -> LiveState:
    """A coherent small service: members are agents, assigned groups exist, only published resources are assigned."""
    things: dict[Address, Thing[Any]] = {}
    for address in draw(_several(AGENTS)):
        status = draw(st.sampled_from(["active", "inactive"]))
        things[address] = Thing(address, {"machineName": Known(address.key), "status": Known(status)}, live_id="a")
    agents = tuple(sorted(things))
    groups = tuple(sorted(draw(_several(GROUPS))))
    for address in groups:
        cells = {"displayName": Known(draw(names())), "isDefault": Known(value=False)}
        things[address] = Thing(address, {**cells, "agents": Known(draw(_several(agents)))}, live_id="g")
    for address in draw(_several(APPS)):
        things[address] = Thing(address, draw(_app_cells(groups)), live_id="p")
    things[UPDATER] = Thing(UPDATER, draw(_cells(updater_values)))
    edges = [Edge(member, into) for into in groups for member in things[into].cells["agents"].value]
    return LiveState(things, frozenset(edge for edge in sorted(edges) if draw(st.booleans())))


@st.composite
def _app_cells(draw: st.DrawFn, groups: tuple[Address, ...]) -> Mapping[str, Any]:
    cells = draw(_cells(connection_values)) | draw(_mapped())
    if draw(st.booleans()):
        cells |= {"resource.id": Known("r"), "resource.resourceName": Known(draw(names()))}
        cells |= {"resource.displayName": Known(draw(names())), "group": Known(draw(_several(groups)))}
    if draw(st.booleans()):
        enabled = draw(st.booleans())
        cells |= {"job.template": Known("scim"), "job.id": Known("j"), "job.enabled": Known(enabled)}
        cells |= {"job.status": Known("Active" if enabled else "Paused")}
    return cells | draw(st.sampled_from([{}, {TOKEN: Unreadable(Reason.MASKED)}]))


@cache
def ids() -> st.SearchStrategy[str]:
    """Live ids, few enough to meet again."""
    return st.sampled_from(["1", "2", "3", "4"])


@cache
def _said(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    text = {
        Kind.AGENT: {"id": ids(), "machineName": few_names()},
        Kind.GROUP: {
            "id": ids(),
            "displayName": few_names(),
            "previously.key": keys(),
            "previously.displayName": few_names(),
        },
        Kind.APP: {
            "servicePrincipal.id": ids(),
            "servicePrincipal.appId": ids(),
            "servicePrincipal.displayName": few_names(),
            "previously.key": keys(),
            "resource.id": ids(),
            "resource.resourceName": few_names(),
        },
    }[kind]
    values = {key: st.builds(Value, value, maybe_places()) for key, value in text.items()}
    return st.dictionaries(keys(), st.fixed_dictionaries({}, optional=values), max_size=3)


@st.composite
def desired_states(draw: st.DrawFn) -> DesiredState:
    """Specs of a few agents, groups and apps, with every way to say which live object is meant."""
    things = {
        Address(kind, key): Thing(Address(kind, key), cells)
        for kind in (Kind.AGENT, Kind.GROUP, Kind.APP)
        for key, cells in draw(_said(kind)).items()
    }
    return DesiredState(things)


@cache
def _applied_thing() -> st.SearchStrategy[Thing[Any]]:
    cells = {
        Kind.AGENT: {"machineName": field_values()},
        Kind.GROUP: {"displayName": field_values(), "agents": field_values()},
        Kind.APP: {"group": field_values(), "mapping/User": desired_mappings(), "resource.id": ids()},
    }

    def of(kind: Kind) -> st.SearchStrategy[Thing[Any]]:
        values = {key: st.builds(Value, value) for key, value in cells[kind].items()}
        return st.builds(
            lambda address, cells, live_id: Thing(address, cells, live_id=live_id),
            addresses(kind),
            st.fixed_dictionaries({}, optional=values),
            ids(),
        )

    return st.one_of(*(of(kind) for kind in cells))


@cache
def applied_states() -> st.SearchStrategy[AppliedState]:
    """Ledgers with any values."""
    return st.builds(
        lambda things, several, digests: AppliedState(
            {thing.address: thing for thing in things}, Capabilities(several), digests, known=True
        ),
        st.lists(_applied_thing(), max_size=4),
        st.sampled_from([None, True, False]),
        st.dictionaries(addresses(Kind.APP), names(), max_size=2),
    )


@cache
def topologies() -> st.SearchStrategy[Topology]:
    """What a reader may find: few ids and names, so that they clash."""
    states, some = st.sampled_from(["active", "inactive"]), st.frozensets(ids(), max_size=3)

    def table(record: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return st.lists(record, max_size=4, unique_by=lambda each: each.id).map(lambda all_: {e.id: e for e in all_})

    return st.builds(
        Topology,
        table(st.builds(AgentRecord, ids(), few_names(), states)),
        table(st.builds(GroupRecord, ids(), few_names(), st.booleans(), some)),
        table(st.builds(ResourceRecord, ids(), few_names(), names(), some)),
    )


@cache
def searches() -> st.SearchStrategy[Mapping[str, tuple[PrincipalRecord, ...] | Unreadable]]:
    """What look-ups of service principals may find, by what was asked for."""
    records = st.builds(PrincipalRecord, ids(), ids(), few_names())
    found = st.lists(records, max_size=2, unique_by=lambda record: record.id).map(tuple) | unreadable()
    return st.dictionaries(ids() | few_names(), found)


# Steps


@cache
def _settings(values: Callable[[], Mapping[str, st.SearchStrategy[Any]]]) -> st.SearchStrategy[Mapping[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: st.none() | value for key, value in values().items()})


@st.composite
def _connection_writes(draw: st.DrawFn) -> WriteConnection:
    settings, before = (draw(_settings(connection_values)) for _ in range(2))
    if draw(st.booleans()):
        settings = _without_token(settings)
    secrets = st.just({}) if TOKEN in settings else st.dictionaries(st.just(TOKEN), secret_sources())
    return WriteConnection(draw(addresses(Kind.APP)), settings, draw(secrets), before)


@cache
def steps() -> st.SearchStrategy[Step]:
    """Any step, whether it makes sense or not."""
    agents, groups, apps = addresses(Kind.AGENT), addresses(Kind.GROUP), addresses(Kind.APP)
    overlays = st.dictionaries(st.sampled_from(["User", "Group"]), desired_mappings(), max_size=2)
    removed = st.dictionaries(st.just("User"), st.lists(names(), max_size=2).map(tuple))
    edges = st.frozensets(st.builds(Edge, agents | apps, groups), max_size=3)
    seconds = st.floats(0, 1e6) | st.integers(0, 3600).map(float)
    return st.one_of(
        st.builds(CreateGroup, groups, names()),
        st.builds(RenameGroup, groups, names(), names()),
        st.builds(DeleteGroup, groups, names()),
        st.builds(AddMember, agents, groups),
        st.builds(RemoveMember, agents, groups),
        st.builds(CreateResource, apps, names(), names()),
        st.builds(RenameResource, apps, names(), names()),
        st.builds(DeleteResource, apps, names(), names()),
        st.builds(Assign, apps, groups),
        st.builds(Unassign, apps, groups),
        st.builds(Settle, edges, seconds),
        st.builds(CreateJob, apps, names()),
        st.builds(StartJob, apps, st.booleans()),
        st.builds(PauseJob, apps, st.booleans()),
        _connection_writes(),
        st.builds(WriteSchema, apps, overlays, removed),
        st.builds(SetUpdater, _settings(updater_values), _settings(updater_values)),
    )


def _without_token(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**settings, TOKEN: None}


def _before(state: LiveState, address: Address, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    cells = {key: state.cell(address, key) for key in settings if key != TOKEN}
    return {key: cell.value if isinstance(cell, Known) else None for key, cell in cells.items()}


def _exists(state: LiveState, addresses: Iterable[Address], key: str) -> list[Address]:
    return [address for address in addresses if isinstance(state.cell(address, key), Known)]


def _pairs(
    state: LiveState, members: Iterable[Address], groups: Sequence[Address], *, joined: bool
) -> list[tuple[Address, Address]]:
    return [
        (member, into)
        for member in members
        for into in groups
        if joined
        is (
            member in state.members(into, "agents")
            if member.kind is Kind.AGENT
            else into in state.members(member, "group")
        )
    ]


_Maker = Callable[[], st.SearchStrategy[Step]]


def _always(*steps: Step) -> _Maker:
    return lambda: st.sampled_from(steps)


def _renames(kind: type[RenameGroup | RenameResource], address: Address, before: str) -> _Maker:
    return lambda: names().filter(lambda new: new != before).map(lambda new: kind(address, new, before))


def _group_steps(state: LiveState) -> Iterator[_Maker]:
    groups = _exists(state, GROUPS, "displayName")
    published = _exists(state, APPS, "resource.resourceName")
    served = {into for _, into in _pairs(state, published, groups, joined=True)}
    for address in groups:
        name = state.text(address, "displayName")
        yield _renames(RenameGroup, address, name)
        if address not in served and not state.members(address, "agents"):
            yield _always(DeleteGroup(address, name))
    missing = [address for address in GROUPS if address not in groups]
    if missing:
        yield lambda: st.builds(CreateGroup, st.sampled_from(missing), names())
    if state.unsettled:
        edges = st.frozensets(st.sampled_from(sorted(state.unsettled)), min_size=1)
        yield lambda: st.builds(Settle, edges, st.just(1200.0))


def _edge_steps(state: LiveState) -> Iterator[_Maker]:
    groups = _exists(state, GROUPS, "displayName")
    for members, join, part in (
        (_exists(state, AGENTS, "machineName"), AddMember, RemoveMember),
        (_exists(state, APPS, "resource.resourceName"), Assign, Unassign),
    ):
        for kind, joined in ((join, False), (part, True)):
            found = [kind(member, into) for member, into in _pairs(state, members, groups, joined=joined)]
            if found:
                yield _always(*found)


def _app_steps(state: LiveState, address: Address) -> Iterator[_Maker]:
    if not _exists(state, [address], "resource.resourceName"):
        yield lambda: st.builds(CreateResource, st.just(address), names(), names())
    else:
        shown = state.text(address, "resource.displayName")
        yield _renames(RenameResource, address, shown)
        if not state.members(address, "group"):
            yield _always(DeleteResource(address, state.text(address, "resource.resourceName"), shown))
    match state.cell(address, "job.enabled"):
        case Known(True):
            yield _always(PauseJob(address), PauseJob(address, interrupts=True))
        case Known(False):
            yield _always(StartJob(address), StartJob(address, resumes=True))
        case _:
            yield _always(CreateJob(address, "default"))
    yield lambda: st.builds(
        lambda new, secrets: WriteConnection(address, new, secrets, _before(state, address, new)),
        _settings(connection_values),
        st.just({}) | st.builds(lambda source: {TOKEN: source}, secret_sources()),
    ).filter(lambda step: not _is_idle(state, step))
    if state.cell(address, TOKEN) != ABSENT:
        yield lambda: _settings(connection_values).map(
            lambda new: WriteConnection(address, _without_token(new), {}, _before(state, address, new))
        )
    if isinstance(state.cell(address, "mapping/User"), Known):
        yield lambda: st.builds(
            lambda wanted, removed: WriteSchema(address, {"User": wanted}, {"User": removed}),
            desired_mappings(),
            st.sampled_from([(), TARGETS[:1]]),
        ).filter(lambda step: schema_written(state, step) is False)


def _is_idle(state: LiveState, step: WriteConnection | SetUpdater) -> bool:
    return all(holds(state, condition) for condition in post(step))


@st.composite
def due_steps(draw: st.DrawFn, state: LiveState) -> Step:
    """A step that can be done in a state and does something there."""
    makers = [*_group_steps(state), *_edge_steps(state)]
    for address in state.things:
        if address.kind is Kind.APP:
            makers += _app_steps(state, address)
    makers.append(
        lambda: (
            _settings(updater_values)
            .map(lambda new: SetUpdater(new, _before(state, UPDATER, new)))
            .filter(lambda step: not _is_idle(state, step))
        )
    )
    return draw(draw(st.sampled_from(makers))())


# Plans


@cache
def start_values() -> st.SearchStrategy[StartValue]:
    """Live values that a plan depends on."""
    return st.builds(start_value, parts(), names(), live_cells())


@cache
def changes() -> st.SearchStrategy[Change]:
    """Changes with their digests."""
    values, lines = st.none() | field_values(), st.lists(names(), max_size=2).map(tuple)
    fields = st.builds(FieldChange, names(), values, values, st.sampled_from(Cause), lines, maybe_places())

    def change(address: Address, action: Action, fields: tuple[FieldChange, ...], *rest: Any) -> Change:
        reason, blocked, place = rest
        return Change(address, action, fields, reason, change_digest(address, action, fields), blocked, place)

    return st.builds(
        change,
        parts(),
        st.sampled_from(Action),
        st.lists(fields, max_size=2).map(tuple),
        names(),
        names(),
        maybe_places(),
    )


@cache
def verdicts() -> st.SearchStrategy[Verdict]:
    """Verdicts of up to two guards."""
    refused = st.lists(st.tuples(parts(), names()), max_size=2).map(tuple)
    guards = st.builds(GuardResult, names(), st.sampled_from(Ruling), names(), names(), names(), refused)
    apps = st.lists(addresses(Kind.APP), max_size=2).map(tuple)
    fewest = st.builds(Fewest, addresses(Kind.GROUP), st.integers(0, 9), st.integers(0, 9), apps)
    return st.builds(Verdict, st.lists(guards, max_size=2).map(tuple), st.none() | fewest)


@st.composite
def planned_steps(draw: st.DrawFn) -> tuple[PlannedStep, ...]:
    """Steps that need earlier ones."""
    planned: list[PlannedStep] = []
    for number, step in enumerate(draw(st.lists(steps(), max_size=4)), 1):
        needs = draw(st.sets(st.sampled_from([each.id for each in planned]))) if planned else set()
        planned.append(PlannedStep(f"s{number}", step, tuple(sorted(needs)), draw(st.integers(0, 9))))
    return tuple(planned)


@cache
def plans() -> st.SearchStrategy[Plan]:
    """Whole plans, sealed."""
    seconds = st.floats(0, 1e6)
    return st.builds(
        Plan,
        service=names(),
        tenant_id=names(),
        start=st.lists(start_values(), max_size=2).map(tuple),
        goal=st.lists(start_values(), max_size=2).map(tuple),
        changes=st.lists(changes(), max_size=2).map(tuple),
        steps=planned_steps(),
        verdict=verdicts(),
        budget=st.builds(Budget, st.integers(0, 99), st.integers(0, 99), seconds, seconds),
        digest=st.just(""),
        ids=st.dictionaries(addresses(Kind.GROUP) | addresses(Kind.APP), st.text(min_size=1, max_size=8), max_size=3),
        unverifiable=st.lists(st.builds(Unverifiable, parts(), names(), unreadable(), maybe_places()), max_size=2).map(
            tuple
        ),
        unmanaged=st.lists(parts(), max_size=2).map(tuple),
        names=st.dictionaries(parts(), names(), max_size=2),
        notes=st.lists(names(), max_size=2).map(tuple),
    ).map(sealed)
