"""A plan as a document: it comes back whole, fits its schema, and is not believed where it was changed."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any, cast

import pytest
import rfc8785
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from reconciler.errors import ReconcilerError, Refused
from reconciler.model import conditions
from reconciler.model.address import agent, app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.codec import (
    change_digest,
    plan_digest,
    plan_from_json,
    plan_to_json,
    sealed,
    step_from_json,
    step_to_json,
)
from reconciler.model.document_rules import NEWER, RULES, SHAPE, TAMPERED
from reconciler.model.documents import Malformed
from reconciler.model.mappings import Apply, Flow, SourceKind, When
from reconciler.model.place import Place
from reconciler.model.plan import (
    Action,
    Budget,
    Cause,
    Change,
    Fewest,
    FieldChange,
    Plan,
    PlannedStep,
    Ruling,
    StartValue,
    Unverifiable,
    Verdict,
)
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import Edge
from reconciler.model.step_codec import KINDS
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    Settle,
    StartJob,
    Step,
    WriteConnection,
)
from tests.model.planting import planted
from tests.strategies import plans, steps

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

PLACE = Place("groups.yaml", 4, 3, 4, 12)
CREATE = PlannedStep("s1", CreateGroup(group("fin"), "Finance"))
ADD = PlannedStep("s2", AddMember(agent("ams"), group("fin")), ("s1",), 2)
WAIT = PlannedStep("s3", Settle(frozenset({Edge(agent("ams"), group("fin"))}), 1200.0), ("s2",), 0)
MOVE = PlannedStep("s4", Assign(app("sql"), group("fin")), ("s1", "s3"))


def example() -> Plan:
    field = FieldChange("displayName", None, "Finance", Cause.PENDING, ("Finance",), PLACE)
    change = Change(
        group("fin"),
        Action.ADD,
        (field,),
        "new in the spec",
        change_digest(group("fin"), Action.ADD, [field]),
        "",
        PLACE,
    )
    unknown = Unverifiable(app("sql"), "connector.secretToken", Unreadable(Reason.MASKED), PLACE)
    start = StartValue(app("sql"), "group", '{"known":{"refs":[]}}')
    return sealed(
        Plan(
            "emulator",
            "t",
            (start,),
            (),
            (change,),
            (CREATE, ADD, WAIT, MOVE),
            Verdict(),
            Budget(6, 3, 1201.5, 1200.0),
            "",
            {agent("ams"): "a", app("sql"): "p"},
            (unknown,),
            (group("id:9"),),
            ("a note",),
        )
    )


def document() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(json.dumps(plan_to_json(example()))))


# round trips


@settings(max_examples=50)
@given(plans())
def test_every_plan_comes_back(plan: Plan) -> None:
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_places_come_back() -> None:
    plan = plan_from_json(document())
    assert (plan.changes[0].place, plan.changes[0].fields[0].place, plan.unverifiable[0].place) == (PLACE,) * 3


@given(steps())
def test_every_step_comes_back(step: Step) -> None:
    kind, params = step_to_json(step, {})
    assert step_from_json(kind, json.loads(json.dumps(params))) == step


def test_every_kind_of_step_has_a_name_and_every_parameter_a_form() -> None:
    assert len(KINDS) == len(Step.__args__)  # type: ignore[attr-defined]
    for name, kind in KINDS.items():
        params = SCHEMA["$defs"][name]["properties"]
        assert set(params) == {_camel(name) for name in kind.__struct_fields__}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def test_a_step_names_the_live_id_where_there_is_one() -> None:
    first, second, third, fourth = document()["steps"]
    assert first["params"] == {"group": {"ref": "group/fin"}, "displayName": "Finance"}
    assert second["params"]["agent"] == {"ref": "agent/ams", "id": "a"}
    assert third["params"]["edges"] == [{"member": {"ref": "agent/ams", "id": "a"}, "group": {"ref": "group/fin"}}]
    assert fourth["needs"] == ["s1", "s3"]


def test_a_step_tells_what_it_needs_what_it_leaves_and_what_undoes_it() -> None:
    first, _, third, _ = document()["steps"]
    assert first["pre"] == [{"address": "group/fin", "field": "displayName", "test": "is absent", "value": None}]
    assert first["post"] == [{"address": "group/fin", "field": "displayName", "test": "is", "value": "Finance"}]
    assert first["inverse"]["kind"] == "deleteGroup"
    assert third["whyNoInverse"] == "a wait changes nothing"


# the schema


@settings(max_examples=30, phases=[Phase.generate])  # To shrink a whole plan takes longer than to read one.
@given(plans())
def test_every_plan_fits_the_schema(plan: Plan) -> None:
    VALIDATOR.validate(json.loads(json.dumps(plan_to_json(plan))))


def test_the_schema_is_one_and_says_what_each_member_is() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"]["const"] == 1
    undescribed = [path for path, schema in _properties(SCHEMA, "") if not schema.get("description")]
    assert undescribed == []


def _properties(schema: Any, path: str) -> Any:
    if isinstance(schema, list):
        for number, below in enumerate(schema):
            yield from _properties(below, f"{path}/{number}")
    elif isinstance(schema, dict):
        for name, below in schema.items():
            if name == "properties" and "if" not in path.split("/"):
                for key, value in below.items():
                    if value != {"const": True} and "kind" not in path:
                        yield f"{path}/{key}", value
            yield from _properties(below, f"{path}/{name}")


def test_the_schema_knows_every_word_of_the_model() -> None:
    words = json.dumps(SCHEMA)
    for enum in (conditions.Test, Reason, Ruling, Cause, Apply, When, Flow, SourceKind):
        for each in enum:
            assert json.dumps(each.value) in words
    assert SCHEMA["$defs"]["stepCore"]["properties"]["kind"]["enum"] == sorted(KINDS)


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.update(more=1),
        lambda plan: plan["steps"][0].update(kind="explode"),
        lambda plan: plan["steps"][0]["params"].update(more=1),
        lambda plan: plan["steps"][0].update(whyNoInverse="x"),
        lambda plan: plan["steps"][1].pop("needs"),
        lambda plan: plan["start"][0].update(address="planet/mars"),
        lambda plan: plan["changes"][0]["fields"][0].update(after={"secret": "x"}),
    ],
)
def test_the_schema_is_strict(change: Any) -> None:
    plan = document()
    change(plan)
    assert not VALIDATOR.is_valid(plan)


# digests


def test_the_digest_can_be_checked_without_this_program() -> None:
    plan = document()
    core = {name: plan[name] for name in ("service", "tenantId", "start", "goal", "ids")}
    core["changes"] = [
        {
            **{name: change[name] for name in ("address", "action", "digest")},
            "fields": [{name: field[name] for name in ("field", "before", "after")} for field in change["fields"]],
        }
        for change in plan["changes"]
    ]
    core["steps"] = [
        {name: value for name, value in step.items() if name not in ("calls", "whyNoInverse")} for step in plan["steps"]
    ]
    assert plan["digest"] == f"sha256:{hashlib.sha256(rfc8785.dumps(core)).hexdigest()}"


@settings(max_examples=30)
@given(plans(), st.data())
def test_what_only_informs_leaves_the_digest_alone(plan: Plan, data: st.DataObject) -> None:
    other = data.draw(plans())
    informed = replace(
        plan,
        verdict=other.verdict,
        budget=other.budget,
        unverifiable=other.unverifiable,
        unmanaged=other.unmanaged,
        names=other.names,
        notes=other.notes,
        changes=tuple(replace(change, reason="because", blocked="no", place=PLACE) for change in plan.changes),
    )
    assert plan_digest(informed) == plan.digest


@pytest.mark.parametrize(
    "other",
    [
        lambda plan: replace(plan, service="other"),
        lambda plan: replace(plan, tenant_id="other"),
        lambda plan: replace(plan, start=()),
        lambda plan: replace(plan, goal=plan.start),
        lambda plan: replace(plan, changes=()),
        lambda plan: replace(plan, steps=plan.steps[:-1]),
        lambda plan: replace(
            plan, steps=(replace(plan.steps[0], needs=()), replace(plan.steps[1], needs=()), *plan.steps[2:])
        ),
        lambda plan: replace(plan, ids={**plan.ids, agent("ams"): "b"}),
    ],
)
def test_whatever_decides_what_a_plan_does_is_in_its_digest(other: Any) -> None:
    assert plan_digest(other(example())) != example().digest


def test_a_change_has_the_digest_of_its_values_whatever_their_place_cause_and_wording() -> None:
    field = FieldChange("displayName", "a", "b", Cause.PENDING)
    digest = change_digest(group("hr"), Action.CHANGE, [field])
    same = replace(field, cause=Cause.DRIFT, lines=("x",), place=PLACE)
    assert change_digest(group("hr"), Action.CHANGE, [same]) == digest
    assert change_digest(group("hr"), Action.CHANGE, [replace(field, after="c")]) != digest
    assert change_digest(group("hr"), Action.MOVE, [field]) != digest
    assert change_digest(group("fin"), Action.CHANGE, [field]) != digest


# what is refused


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        (lambda plan: plan.update(version=2), "version", NEWER),
        (lambda plan: plan.update(version="1"), "version", SHAPE),
        (lambda plan: plan.pop("version"), "version", SHAPE),
        (lambda plan: plan.update(service=1), "service", SHAPE),
        (lambda plan: plan.update(steps={}), "steps", SHAPE),
        (lambda plan: plan["steps"][1].update(kind="explode"), "steps/1/params", NEWER),
        (lambda plan: plan["steps"][1].update(calls=1.5), "steps/1/calls", SHAPE),
        (lambda plan: plan["steps"][1].update(id="s1"), "steps", SHAPE),
        (lambda plan: plan["steps"][1].update(needs=["s9"]), "steps/1/needs", SHAPE),
        (lambda plan: plan["steps"][0].update(needs=["s4"]), "steps", SHAPE),
        (lambda plan: plan["steps"][0]["params"].pop("group"), "steps/0/params/group", SHAPE),
        (lambda plan: plan["steps"][0]["params"].update(force=True), "steps/0/params", SHAPE),
        (lambda plan: plan["steps"][0]["params"].update(group={"ref": "x"}), "steps/0/params/group/ref", SHAPE),
        (lambda plan: plan["steps"][2]["params"].update(seconds="1"), "steps/2/params/seconds", SHAPE),
        (lambda plan: plan["steps"][2]["params"]["edges"].append(1), "steps/2/params/edges/1", SHAPE),
        (lambda plan: plan["changes"][0].update(action="explode"), "changes/0/action", SHAPE),
        (lambda plan: plan["changes"][0]["fields"][0].update(cause="weather"), "changes/0/fields/0/cause", SHAPE),
        (lambda plan: plan["changes"][0]["place"].update(line="4"), "changes/0/place/line", SHAPE),
        (lambda plan: plan["verdict"].update(guards=[{}]), "verdict/guards/0/guard", SHAPE),
        (lambda plan: plan["verdict"].update(fewest={}), "verdict/fewest/group", SHAPE),
        (lambda plan: plan["unverifiable"][0].update(reason="shy"), "unverifiable/0/reason", SHAPE),
        (lambda plan: plan["ids"].update(mars="1"), "ids", SHAPE),
        (lambda plan: plan.update(digest="sha256:0"), "", TAMPERED),
        (lambda plan: plan["steps"][1]["pre"].pop(), "", TAMPERED),
        (lambda plan: plan["steps"][1].update(note="x"), "", TAMPERED),
    ],
)
def test_a_plan_that_nobody_made_is_one_finding_that_tells_where(change: Any, pointer: str, rule: Any) -> None:
    plan = document()
    change(plan)
    with pytest.raises(Refused) as caught:
        plan_from_json(plan)
    (finding,) = caught.value.findings
    assert isinstance(caught.value, Malformed)
    assert (caught.value.pointer, finding.rule) == (pointer, rule.id)
    assert finding.message == str(caught.value)
    assert "\n" not in finding.message


@settings(max_examples=30)
@given(plans(), st.data())
def test_a_plan_with_any_member_of_another_kind_is_refused_or_the_same(plan: Plan, data: st.DataObject) -> None:
    whole = json.loads(json.dumps(plan_to_json(plan)))
    paths = list(_paths(whole))
    *above, last = data.draw(st.sampled_from(paths))
    broken = copy.deepcopy(whole)
    holder = broken
    for segment in above:
        holder = holder[segment]
    holder[last] = data.draw(st.sampled_from([None, True, -1, 2.5, "odd", [], {}, [1], {"odd": 1}, 2**70]))
    try:
        read: Any = plan_from_json(broken)
    except ReconcilerError as error:
        read = error
    if isinstance(read, Plan):
        assert read.digest == plan_digest(read) == plan.digest
    else:
        assert isinstance(read, Refused)
        assert "\n" not in read.message


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


@pytest.mark.parametrize("document", [None, [], "plan", 1, {}], ids=str)
def test_what_is_no_plan_at_all_is_refused(document: Any) -> None:
    with pytest.raises(Refused):
        plan_from_json(document)


@pytest.mark.parametrize(
    "params",
    [
        {"app": {"ref": "app/x"}, "settings": {"a": [1]}, "secrets": {}, "before": {}},
        {"app": {"ref": "app/x"}, "settings": {"a": 1.5}, "secrets": {}, "before": {}},
        {"app": {"ref": "app/x"}, "settings": {}, "secrets": {"connector.secretToken": "hunter2"}, "before": {}},
    ],
    ids=["list", "fraction", "the text of a secret"],
)
def test_a_connection_holds_settings_and_sources_of_secrets_only(params: Any) -> None:
    with pytest.raises(Malformed):
        step_from_json("writeConnection", params)


def test_a_switch_is_true_or_false() -> None:
    with pytest.raises(Malformed):
        step_from_json("startJob", {"app": {"ref": "app/x"}, "resumes": 1})
    assert step_from_json("startJob", {"app": {"ref": "app/x"}, "resumes": True}) == StartJob(app("x"), resumes=True)


# secrets

TOKEN = SecretText("hunter2hunter2")


@settings(max_examples=30)
@given(plans(), st.data())
def test_no_secret_can_enter_a_plan(plan: Plan, data: st.DataObject) -> None:
    infected = data.draw(st.sampled_from([each for each in planted(plan, TOKEN) if isinstance(each, Plan)]))
    try:
        written = json.dumps(plan_to_json(infected))
    except (TypeError, AssertionError, AttributeError, ReconcilerError) as refused:
        written = str(refused)
    assert "hunter2" not in written


def test_a_connection_shows_where_its_secrets_are() -> None:
    step = WriteConnection(app("sql"), {}, {"connector.secretToken": SecretSource(2, env="HR_TOKEN")})
    assert step_to_json(step, {})[1]["secrets"] == {"connector.secretToken": {"env": "HR_TOKEN", "version": 2}}


def test_each_rule_of_documents_is_listed_once() -> None:
    assert [rule.id for rule in RULES] == ["EPR191", "EPR192", "EPR193"]


def test_a_plan_that_was_saved_before_names_and_interruptions_stood_in_it_is_read() -> None:
    plan = replace(example(), verdict=Verdict((), Fewest(group("hr"), 0, 2, (app("sql"),))))
    saved = json.loads(json.dumps(plan_to_json(plan)))
    del saved["names"]
    del saved["verdict"]["fewest"]["interrupted"]
    read = plan_from_json(saved)
    assert read.names == {}
    assert read.verdict.fewest is not None
    assert read.verdict.fewest.interrupted == ()
    Draft202012Validator(SCHEMA).validate(saved)
