"""What differs of a mapping, part by part, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given

from reconciler.model.address import app
from reconciler.model.cells import NEVER, Clear, Value
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
from reconciler.model.overlay import overlay
from reconciler.model.plan import Cause, FieldChange
from reconciler.model.steps import WriteSchema
from reconciler.plan.mappings import mapping_difference
from tests.plan.worlds import FAILED, World, live_app, place_of, wanted_app
from tests.strategies import desired_mappings, object_mappings

P = app("p")
KEY = "mapping/User"
EMPLOYEES = ClauseGroup("employees", (Clause("type", "EQUALS", ("Employee",)), Clause("mail", "IS NOT NULL")))
STAFF = ClauseGroup("employees", (Clause("type", "EQUALS", ("Staff",)), Clause("mail", "IS NOT NULL")))


def attribute(name: str) -> Source:
    return Source(SourceKind.ATTRIBUTE, name)


def expression(text: str) -> Source:
    return Source(SourceKind.EXPRESSION, text)


def live(*attributes: AttributeMapping, **parts: object) -> ObjectMapping:
    return ObjectMapping("User", "User", attributes={each.target: each for each in attributes}, **parts)


def wanted(*attributes: DesiredAttribute, **parts: object) -> DesiredMapping:
    return DesiredMapping("User", "User", attributes={each.target: each for each in attributes}, **parts)


def fields(
    held: ObjectMapping, desired: DesiredMapping, applied: DesiredMapping | None = None
) -> Mapping[str, FieldChange]:
    found = mapping_difference(held, desired, NEVER if applied is None else Value(applied))
    return {field.key.removeprefix("mapping/User/"): field for field in found.fields}


MAIL = AttributeMapping("mail", attribute("mail"))


def test_a_new_attribute_says_what_feeds_it() -> None:
    (field,) = fields(live(), wanted(DesiredAttribute("mail", attribute("mail"), place=place_of(P)))).values()
    assert field.before is None
    assert field.lines == ("+ mail",)
    assert field.place == place_of(P)


def test_a_changed_attribute_says_what_became_what() -> None:
    desired = DesiredAttribute("mail", Source(SourceKind.CONSTANT, "x"), Apply.ON_CREATE, When.ALWAYS, Value("y"))
    (field,) = fields(live(MAIL), wanted(desired)).values()
    assert field.lines == ('mail → "x"', "apply: always → onCreate", 'default: nothing → "y"', "when: changed → always")
    assert field.before == "mail (apply always, when changed)"
    assert field.after == "\"x\" (apply onCreate, when always, default 'y')"


def test_a_disabled_mapping_is_told_as_disabled_and_as_drift_where_it_was_applied() -> None:
    for applied, cause in ((None, Cause.PENDING), (wanted(), Cause.DRIFT)):
        (field,) = fields(live(MAIL, enabled=False), wanted(), applied).values()
        assert (field.key, field.before, field.after, field.cause) == (f"{KEY}/enabled", "disabled", "enabled", cause)
        assert field.lines == ("disabled → enabled",)
    elsewhere = DesiredMapping("User", "Person")
    assert fields(live(enabled=False), wanted(), elsewhere)["enabled"].cause is Cause.PENDING


def test_a_new_attribute_names_only_what_is_not_so_by_default() -> None:
    (field,) = fields(live(), wanted(DesiredAttribute("mail", attribute("mail"), Apply.ON_CREATE))).values()
    assert field.lines == ("+ mail, apply onCreate",)


def test_an_attribute_that_the_spec_clears_is_removed() -> None:
    (field,) = fields(live(MAIL), wanted(DesiredAttribute("mail", Clear()))).values()
    assert (field.after, field.lines) == (None, ("- mail",))


def test_an_attribute_that_is_not_there_is_not_removed_again() -> None:
    assert fields(live(), wanted(DesiredAttribute("mail", Clear()))) == {}


def test_attributes_that_the_spec_does_not_name_stay() -> None:
    assert fields(live(MAIL), wanted()) == {}


def test_expressions_that_differ_by_blanks_alone_are_equal_and_kept_as_they_are() -> None:
    held = live(AttributeMapping("name", expression("Join( [a],  [b])")), MAIL)
    desired = wanted(DesiredAttribute("name", expression("Join([a], [b])")), DesiredAttribute("mail", attribute("upn")))
    assert fields(held, wanted(DesiredAttribute("name", expression("Join([a], [b])")))) == {}
    found = mapping_difference(held, desired, NEVER)
    assert overlay(held, found.overlay).attributes["name"].source.text == "Join( [a],  [b])"


def test_blanks_within_quotes_count() -> None:
    held = live(AttributeMapping("name", expression('Join(" ", [a])')))
    assert fields(held, wanted(DesiredAttribute("name", expression('Join("", [a])'))))


def test_filters_say_which_clause_came_and_which_went() -> None:
    (field,) = fields(live(filter=(EMPLOYEES,)), wanted(filter=Value((STAFF,)))).values()
    assert field.key == "mapping/User/filter"
    assert field.lines == ("+ employees: type EQUALS Staff", "- employees: type EQUALS Employee")


def test_filters_say_which_group_came_and_which_went() -> None:
    other = ClauseGroup("others", (Clause("x", "IS NULL"),))
    assert fields(live(), wanted(filter=Value((other,))))["filter"].lines == ("+ others: x IS NULL",)
    gone = fields(live(filter=(EMPLOYEES, other)), wanted(filter=Clear(place_of(P))))["filter"]
    assert gone.lines == ("- employees: mail IS NOT NULL and type EQUALS Employee", "- others: x IS NULL")
    assert (gone.after, gone.place) == (None, place_of(P))


def test_groups_of_one_name_are_told_apart() -> None:
    (field,) = fields(live(filter=(EMPLOYEES,)), wanted(filter=Value((EMPLOYEES, STAFF)))).values()
    assert field.lines == ("+ employees (2): mail IS NOT NULL and type EQUALS Staff",)


def test_a_filter_in_another_order_says_so() -> None:
    turned = ClauseGroup("employees", EMPLOYEES.clauses[::-1])
    (field,) = fields(live(filter=(EMPLOYEES,)), wanted(filter=Value((turned,)))).values()
    assert field.lines == ("the same in another order",)


def test_matches_and_flows_are_lists_of_words() -> None:
    held = live(match=("mail",), flow=frozenset(Flow))
    found = fields(held, wanted(match=Value(("upn", "mail")), flow=Value(frozenset({Flow.ADD}))))
    assert found["match"].lines == ("mail → upn, mail",)
    assert found["flow"].lines == ("- delete", "- update")
    assert found["flow"].after == ("add",)
    assert fields(held, wanted(match=Clear()))["match"].lines == ("mail → nothing",)


@pytest.mark.parametrize(
    ("held", "applied", "cause"),
    [
        ("old", "old", Cause.PENDING),
        ("portal", "new", Cause.DRIFT),
        ("portal", "old", Cause.BOTH),
        ("portal", None, Cause.PENDING),
    ],
)
def test_each_attribute_says_who_moved(held: str, applied: str | None, cause: Cause) -> None:
    ours = wanted(DesiredAttribute("mail", attribute(applied))) if applied else None
    found = fields(
        live(AttributeMapping("mail", attribute(held))), wanted(DesiredAttribute("mail", attribute("new"))), ours
    )
    assert found["mail"].cause is cause


def test_an_attribute_that_somebody_removed_is_drift() -> None:
    desired = wanted(DesiredAttribute("mail", attribute("mail")))
    assert fields(live(), desired, desired)["mail"].cause is Cause.DRIFT


def test_an_attribute_that_was_applied_as_removed_and_came_back_is_drift() -> None:
    desired = wanted(DesiredAttribute("mail", Clear()))
    assert fields(live(MAIL), desired, desired)["mail"].cause is Cause.DRIFT


def test_blanks_alone_make_nobody_a_mover() -> None:
    held = live(AttributeMapping("name", expression("Join( [a])"), when=When.ALWAYS))
    ours = wanted(DesiredAttribute("name", expression("Join([a])"), when=When.CHANGED))
    desired = wanted(DesiredAttribute("name", expression("Join([a] )"), when=When.CHANGED))
    assert fields(held, desired, ours)["name"].cause is Cause.DRIFT


@pytest.mark.parametrize(("applied", "cause"), [(EMPLOYEES, Cause.PENDING), (STAFF, Cause.DRIFT)])
def test_a_whole_part_says_who_moved(applied: ClauseGroup, cause: Cause) -> None:
    found = fields(live(filter=(EMPLOYEES,)), wanted(filter=Value((STAFF,))), wanted(filter=Value((applied,))))
    assert found["filter"].cause is cause


@pytest.mark.parametrize(
    ("part", "held"), [("filter", (EMPLOYEES,)), ("flow", frozenset({Flow.ADD})), ("match", ("mail",))]
)
def test_a_whole_part_that_was_cleared_and_came_back_is_drift(part: str, held: object) -> None:
    cleared = wanted(**{part: Clear()})
    now = live(MAIL, **{"flow": frozenset(), part: held})
    assert fields(now, cleared, cleared)[part].cause is Cause.DRIFT
    moved_on = fields(now, cleared, wanted(**{part: Value(held)}))
    assert moved_on[part].cause is Cause.PENDING


def test_an_attribute_that_we_set_and_the_spec_dropped_is_removed() -> None:
    ours = wanted(DesiredAttribute("mail", attribute("mail")))
    found = mapping_difference(live(MAIL), wanted(), Value(ours))
    assert found.removed == ("mail",)
    assert [field.cause for field in found.fields] == [Cause.PENDING]


@pytest.mark.parametrize(
    ("held", "desired", "ours"),
    [
        (live(MAIL), wanted(), None),
        (live(), wanted(), wanted(DesiredAttribute("mail", attribute("mail")))),
        (live(MAIL), wanted(), wanted(DesiredAttribute("mail", Clear()))),
        (live(MAIL, match=("mail",)), wanted(), wanted(DesiredAttribute("mail", attribute("mail")))),
        (
            live(MAIL, match=("mail",)),
            wanted(match=Value(("mail",))),
            wanted(DesiredAttribute("mail", attribute("mail"))),
        ),
    ],
)
def test_what_we_did_not_set_or_matching_needs_stays(
    held: ObjectMapping, desired: DesiredMapping, ours: DesiredMapping | None
) -> None:
    assert mapping_difference(held, desired, NEVER if ours is None else Value(ours)).removed == ()


@given(object_mappings(), desired_mappings())
def test_nothing_differs_exactly_where_the_overlay_changes_nothing(
    held: ObjectMapping, desired: DesiredMapping
) -> None:
    found = mapping_difference(held, desired, NEVER)
    assert (overlay(held, found.overlay, found.removed) == held) == (found.fields == ())
    after = overlay(held, found.overlay, found.removed)
    assert mapping_difference(after, desired, NEVER).fields == ()


@given(object_mappings(), desired_mappings())
def test_every_change_is_read_as_lines(held: ObjectMapping, desired: DesiredMapping) -> None:
    for field in mapping_difference(held, desired, NEVER).fields:
        assert field.lines
        assert field.before != field.after or field.lines == ("the same in another order",)


def test_one_write_of_the_schema_per_app_holds_every_mapping() -> None:
    cells = {
        KEY: wanted(DesiredAttribute("mail", attribute("upn"))),
        "mapping/Group": DesiredMapping("Group", "Group", match=Value(("id",))),
    }
    held = {KEY: live(MAIL), "mapping/Group": ObjectMapping("Group", "Group")}
    here = World(wanted_app("p", **cells), live_app("p", **held))
    (step,) = here.steps()
    assert isinstance(step, WriteSchema)
    assert step.overlays.keys() == {"User", "Group"}
    assert "initial cycle" in here.the_change().reason


def test_only_mappings_that_differ_are_written() -> None:
    same = DesiredMapping("Group", "Group")
    cells = {KEY: wanted(DesiredAttribute("mail", attribute("upn"))), "mapping/Group": same}
    here = World(
        wanted_app("p", **cells), live_app("p", **{KEY: live(MAIL), "mapping/Group": ObjectMapping("Group", "Group")})
    )
    (step,) = here.steps()
    assert step == WriteSchema(P, {"User": cells[KEY]}, {})


def test_a_removed_attribute_stands_in_the_step() -> None:
    ours = wanted(DesiredAttribute("mail", attribute("mail")))
    here = World(wanted_app("p", **{KEY: wanted()}), live_app("p", **{KEY: live(MAIL)}), {P: {KEY: ours}})
    assert here.steps() == (WriteSchema(P, {"User": wanted()}, {"User": ("mail",)}),)


@pytest.mark.parametrize(
    ("held", "job", "said"),
    [
        (None, {}, "no object mapping from User"),
        (ObjectMapping("User", "Person"), {}, "feeds Person, not User"),
        (live(MAIL), {"job__id": None, "job__template": None, "job__enabled": None}, "no job"),
    ],
)
def test_a_mapping_that_cannot_be_written_says_why(held: object, job: dict[str, object], said: str) -> None:
    desired = wanted(DesiredAttribute("mail", attribute("upn")))
    other = {"mapping/Group": DesiredMapping("Group", "Group", match=Value(("id",)))}
    here = World(
        wanted_app("p", **{KEY: desired}, **other),
        live_app("p", **{KEY: held}, **job, **{"mapping/Group": ObjectMapping("Group", "Group")}),
    )
    blocked = [change for change in here.diff().blocked if said in change.blocked]
    assert any(field.key.startswith(KEY) for change in blocked for field in change.fields)
    assert not [step for step in here.steps() if isinstance(step, WriteSchema) and "User" in step.overlays]


def test_a_mapping_is_written_into_a_job_that_the_plan_makes() -> None:
    none = {"job__id": None, "job__template": None, "job__enabled": None}
    cells = {KEY: wanted(DesiredAttribute("mail", attribute("upn")))}
    made = World(wanted_app("p", job__template="default", **cells), live_app("p", **none, **{KEY: live(MAIL)})).plan()
    assert [type(planned.step).__name__ for planned in made.steps] == ["CreateJob", "WriteSchema"]
    assert made.steps[1].needs == ("s1",)


def test_an_unreadable_schema_is_unverifiable() -> None:
    here = World(wanted_app("p", **{KEY: wanted()}), live_app("p", **{KEY: FAILED}))
    assert here.diff().changes == ()
    assert [unknown.key for unknown in here.diff().unverifiable] == [KEY]


def test_apps_that_share_a_mapping_are_each_told() -> None:
    shared, held = wanted(DesiredAttribute("mail", attribute("upn"))), live(MAIL)
    here = World(
        wanted_app("p", **{KEY: shared}) | wanted_app("q", **{KEY: shared}),
        live_app("p", **{KEY: held}) | live_app("q", **{KEY: held}),
    )
    assert [change.address.key for change in here.diff().changes] == ["p", "q"]


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        (wanted(), "not applied yet"),
        (wanted(DesiredAttribute("mail", attribute("old"))), "the spec changed; some of it was never applied before"),
        (wanted(match=Value(("upn",))), "the spec changed; some of it was never applied before"),
        (wanted(DesiredAttribute("mail", attribute("old")), match=Value(("upn",))), "the spec changed"),
    ],
)
def test_a_part_of_a_mapping_that_was_never_applied_is_told_from_one_that_the_spec_changed(
    ours: DesiredMapping, reason: str
) -> None:
    held = live(AttributeMapping("mail", attribute("old")), match=("upn",))
    desired = wanted(DesiredAttribute("mail", attribute("new")), match=Value(("mail",)))
    here = World(wanted_app("p", **{KEY: desired}), live_app("p", **{KEY: held}), {P: {KEY: ours}})
    assert here.the_change().reason.startswith(f"{reason}; starts an initial cycle")
