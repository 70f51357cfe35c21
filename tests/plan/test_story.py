"""Everything that is known of one thing: every field of it, in three states, with who manages it."""

from __future__ import annotations

from reconciler.model.address import Address, Kind, agent, app
from reconciler.model.cells import ABSENT, NEVER, UNMANAGED, Clear, Known, Reason, Unreadable, Value
from reconciler.model.fields import FIELDS, Surface
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
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import AppliedState, DesiredState, LiveState, Thing
from reconciler.plan.mapping_parts import Part
from reconciler.plan.story import Keeper, Story, stories

A = app("a")
MAIL = Source(SourceKind.ATTRIBUTE, "mail")


def told(
    address: Address,
    desired: dict[str, object] | None = None,
    live: dict[str, object] | None = None,
    applied: dict[str, object] | None = None,
    surfaces: frozenset[Surface] = frozenset(Surface),
) -> dict[str, Story]:
    thing = address.thing
    spec = Spec(
        DesiredState({thing: Thing(thing, desired)} if desired is not None else {}),
        Tenant("contoso", "", "emulator"),
        Policy(),
        surfaces,
    )
    held = LiveState({thing: Thing(thing, live)} if live is not None else {})
    was = AppliedState({thing: Thing(thing, applied)} if applied is not None else {}, known=True)
    return {story.key: story for story in stories(address, spec, held, was)}


def test_every_field_of_the_table_is_told() -> None:
    for kind in (Kind.AGENT, Kind.GROUP, Kind.APP, Kind.PROXY, Kind.CONNECTOR_HOST):
        keys = [field.key for field in FIELDS[kind] if field.key != "mapping"]
        assert list(told(Address(kind, "x"))) == keys
        assert all(story.is_empty for story in told(Address(kind, "x")).values())


def test_each_field_says_who_manages_it() -> None:
    found = told(
        A,
        {"group": Clear(), "servicePrincipal.id": Value("1"), "connector.name": Value("HR")},
        {"job.status": Known("Active"), "resource.displayName": Known("HR")},
        {"provisioning.scope": Value("all"), "resource.id": Value("r1")},
    )
    assert {key: found[key].keeper for key in ("group", "servicePrincipal.id", "connector.name")} == {
        "group": Keeper.SPEC,
        "servicePrincipal.id": Keeper.BINDING,
        "connector.name": Keeper.POLICY,
    }
    assert found["job.status"].keeper is Keeper.SERVICE
    assert found["resource.displayName"].keeper is Keeper.NOBODY
    assert not found["resource.displayName"].is_empty
    assert found["provisioning.scope"].keeper is Keeper.RECORD
    assert found["resource.id"].keeper is Keeper.LEDGER
    assert found["provisioning.notify"].is_empty


def test_what_no_one_can_see_is_unknown_and_never_nothing() -> None:
    found = told(A, {}, {"group": Known(frozenset())}, surfaces=frozenset({Surface.APPS}))
    assert found["group"].live == Unreadable(Reason.OUT_OF_SCOPE)
    assert found["connector.host"].live == Unreadable(Reason.NOT_READ)
    assert found["job.enabled"].live == ABSENT
    assert told(agent("x"))["proxy"].live == Unreadable(Reason.NO_FACTS)


def test_a_mapping_is_told_part_by_part_in_words() -> None:
    clauses = (ClauseGroup("staff", (Clause("type", "EQUALS", ("Employee",)),)),)
    attributes = {
        "plain": DesiredAttribute("plain", MAIL),
        "full": DesiredAttribute("full", MAIL, Apply.ON_CREATE, When.ALWAYS, Value("none")),
        "bare": DesiredAttribute("bare", MAIL, default=Clear()),
        "gone": DesiredAttribute("gone", Clear()),
    }
    wanted = DesiredMapping("User", "User", Clear(), Value(("plain", "full")), Value(clauses), attributes)
    held = ObjectMapping(
        "User",
        "User",
        flow=frozenset({Flow.UPDATE, Flow.ADD}),
        filter=clauses,
        attributes={
            "plain": AttributeMapping("plain", MAIL),
            "full": AttributeMapping("full", MAIL, Apply.ON_CREATE, When.ALWAYS, "none"),
            "other": AttributeMapping("other", MAIL),
        },
    )
    found = told(A, {"mapping/User": Value(wanted)}, {"mapping/User": Known(held)}, {"mapping/User": Value(wanted)})
    cells = {key.removeprefix("mapping/User/"): each for key, each in found.items() if key.startswith("mapping/")}
    assert list(cells) == ["flow", "match", "filter", "bare", "full", "gone", "other", "plain"]
    full = 'mail, apply onCreate, when always, default "none"'
    assert {key: (each.desired, each.live, each.applied) for key, each in cells.items()} == {
        "flow": (Clear(), Known(Part("add, update")), Value(Part("removed"))),
        "match": (Value(Part("plain, full")), ABSENT, Value(Part("plain, full"))),
        "filter": tuple(kind(Part("staff: type EQUALS Employee")) for kind in (Value, Known, Value)),
        "bare": (Value(Part("mail, no default")), ABSENT, Value(Part("mail, no default"))),
        "full": (Value(Part(full)), Known(Part(full)), Value(Part(full))),
        "gone": (Clear(), ABSENT, Value(Part("removed"))),
        "other": (UNMANAGED, Known(Part("mail")), NEVER),
        "plain": (Value(Part("mail")), Known(Part("mail")), Value(Part("mail"))),
    }
    assert cells["other"].keeper is Keeper.NOBODY


def test_mappings_that_one_state_knows_are_told_and_those_that_were_not_read_are_unknown() -> None:
    wanted = Value(DesiredMapping("User", "User"))
    failed = Unreadable(Reason.FAILED, "403")
    found = told(A, {"mapping/User": wanted}, {"mapping/User": failed})
    assert found["mapping/User/flow"].live == failed
    assert "mapping/Group/flow" in told(A, live={"mapping/Group": Known(ObjectMapping("Group", "Group"))})


def test_a_part_is_told_alone() -> None:
    attributes = {'emails[type eq "work"].value': DesiredAttribute("x", MAIL), "mail": DesiredAttribute("mail", MAIL)}
    cells = {"mapping/User": Value(DesiredMapping("User", "User", attributes=attributes))}
    part = 'mapping/User/emails[type eq "work"].value'
    assert list(told(A.within(part), cells)) == [part]
    assert list(told(A.within("provisioning"), cells)) == [
        field.key for field in FIELDS[Kind.APP] if field.key.startswith("provisioning.")
    ]
    assert told(A.within("mapping/Usr"), cells) == {}
