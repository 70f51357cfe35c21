"""A document is taken whole or refused with the service's words, and nothing that a client sends breaks the check."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.synchronization.catalogue.templates import rule_ids, template_schema
from reconciler.emulator.synchronization.document.check import accept_document
from reconciler.emulator.synchronization.document.fault import DocumentFault
from tests.emulator.synchronization.documents import document, template, users

Spoil = Callable[[dict[str, Any]], object]


def accepted(sent: object, name: str = "onPremisesScim") -> dict[str, Any]:
    return accept_document(sent, template_schema(template(name)), rule_ids(template(name)))


def clause(**members: object) -> dict[str, object]:
    return {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["x"]}, **members}


def scope(part: str, **members: object) -> dict[str, object]:
    return {part: [{"name": "n", "clauses": [clause(**members)]}]}


FAULTS: dict[str, tuple[Spoil, str]] = {
    "a word in the wrong case": (
        lambda d: users(d)["attributeMappings"][0].update(flowBehavior="flowWhenChanged"),
        "schema : Requested value 'flowWhenChanged' was not found.",
    ),
    "a flag in the wrong case": (lambda d: users(d).update(flowTypes="Add, update"), "Requested value 'update'"),
    "flags as a list": (lambda d: users(d).update(flowTypes=["Add"]), "objectFlowTypes"),
    "an empty flag": (lambda d: users(d).update(flowTypes="Add,,Update"), "Requested value ''"),
    "a type in the wrong case": (
        lambda d: d["directories"][0]["objects"][0]["attributes"][0].update(type="string"),
        "Requested value 'string'",
    ),
    "a null that must not be": (
        lambda d: users(d).update(enabled=None),
        "objectMappings\\[1\\].enabled' does not allow null",
    ),
    "a text for a number": (lambda d: users(d)["attributeMappings"][0].update(matchingPriority="1"), "Edm.Int32"),
    "a number too large": (lambda d: users(d)["attributeMappings"][0].update(matchingPriority=2**31), "Edm.Int32"),
    "a fraction for a number": (lambda d: users(d)["attributeMappings"][0].update(matchingPriority=1.5), "Edm.Int32"),
    "a truth for a number": (lambda d: users(d)["attributeMappings"][0].update(matchingPriority=True), "Edm.Int32"),
    "an object for a collection": (lambda d: d.update(directories={}), "a collection"),
    "a null in a collection of objects": (
        lambda d: d["synchronizationRules"][0]["objectMappings"].append(None),
        "objectMappings\\[3\\]' does not allow null",
    ),
    "a rule of one's own": (
        lambda d: d["synchronizationRules"][0].update(id="mine"),
        "'mine' is not one of the template's",
    ),
    "a rule without an id": (lambda d: d["synchronizationRules"][0].pop("id"), "not one of the template's"),
    "a rule twice": (lambda d: d["synchronizationRules"].append(d["synchronizationRules"][0]), "once each"),
    "an unknown source directory": (
        lambda d: d["synchronizationRules"][0].update(sourceDirectoryName="Active Directory"),
        "'Active Directory' of 'sourceDirectoryName'",
    ),
    "an unknown target directory": (lambda d: d["directories"].pop(1), "'ScimOnPremises' of 'targetDirectoryName'"),
    "no directories": (lambda d: d.pop("directories"), "'Microsoft Entra ID' of 'sourceDirectoryName'"),
    "an unknown source object": (lambda d: users(d).update(sourceObjectName="user"), "'user' of 'sourceObjectName'"),
    "an unknown target object": (
        lambda d: users(d).update(targetObjectName="Person"),
        "'Person' of 'targetObjectName'",
    ),
    "an unknown operand": (
        lambda d: users(d).update(scope=scope("groups", sourceOperandName="Department")),
        "attribute 'Department'",
    ),
    "an unknown operand of the service's part": (
        lambda d: users(d).update(scope=scope("inputFilterGroups", sourceOperandName="nope")),
        "attribute 'nope'",
    ),
    "an unknown operator": (
        lambda d: users(d).update(scope=scope("groups", operatorName="equals")),
        "operator 'equals'",
    ),
    "users that nothing matches": (
        lambda d: [mapping.update(matchingPriority=0) for mapping in users(d)["attributeMappings"]],
        "no matching attribute",
    ),
    "metadata changed": (
        lambda d: users(d)["metadata"][0].update(value="true"),
        "metadata of 'Provision Microsoft Entra ID Users' must not",
    ),
    "metadata of a rule changed": (lambda d: d["synchronizationRules"][0].update(metadata=[]), "must not be changed"),
    "a function nested without end": (
        lambda d: users(d)["attributeMappings"][0].update(source=nested(200)),
        "nested too deep",
    ),
}


def nested(depth: int) -> dict[str, Any]:
    source: dict[str, Any] = {"type": "Attribute", "name": "mail"}
    for _ in range(depth):
        source = {"type": "Function", "name": "ToLower", "parameters": [{"key": "source", "value": source}]}
    return source


@pytest.mark.parametrize(("spoil", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_document_with_one_fault_is_refused(spoil: Spoil, message: str) -> None:
    sent = document()
    spoil(sent)
    with pytest.raises(DocumentFault, match=message):
        accepted(sent)


def test_flags_are_taken_with_and_without_blanks() -> None:
    for written in ("Add,Update,Delete", "Delete, Add", " Add ,Update", "None"):
        sent = document()
        users(sent)["flowTypes"] = written
        assert users(accepted(sent))["flowTypes"] == written


def test_what_was_absent_stays_absent_but_for_the_documented_default() -> None:
    sent = document()
    for mapping in sent["synchronizationRules"][0]["objectMappings"]:
        del mapping["flowTypes"]
    for member in ("flowType", "flowBehavior", "defaultValue"):
        del users(sent)["attributeMappings"][0][member]
    taken = users(accepted(sent))
    assert taken["flowTypes"] == "Add, Update, Delete"
    assert "flowType" not in taken["attributeMappings"][0]


def test_unknown_members_are_kept_as_they_came() -> None:
    sent = document()
    sent["provisioningTaskIdentifier"] = {"deep": [1, None]}
    users(sent)["attributeMappings"][0]["surprise"] = [True]
    sent["@odata.context"] = "dropped"
    taken = accepted(sent)
    assert taken["provisioningTaskIdentifier"] == {"deep": [1, None]}
    assert users(taken)["attributeMappings"][0]["surprise"] == [True]
    assert "@odata.context" not in taken


def test_a_disabled_nameless_mapping_may_lack_its_source() -> None:
    sent = document()
    sent["synchronizationRules"][0]["objectMappings"].append(
        {"enabled": False, "name": None, "sourceObjectName": "", "targetObjectName": "", "scope": None}
    )
    assert accepted(sent)


def test_a_locked_rule_must_come_back_as_it_was() -> None:
    sent = document("agentGroups")
    sent["synchronizationRules"][1]["objectMappings"][0]["flowTypes"] = "Add,Update,Delete"
    assert accepted(sent, "agentGroups")
    changed = copy.deepcopy(sent)
    changed["synchronizationRules"][1]["editable"] = True
    dropped = copy.deepcopy(sent)
    del dropped["synchronizationRules"][1]
    emptied = copy.deepcopy(sent)
    emptied["synchronizationRules"][1]["objectMappings"][0]["attributeMappings"].pop()
    for spoiled in (changed, dropped, emptied):
        with pytest.raises(DocumentFault, match="not editable"):
            accepted(spoiled, "agentGroups")


def test_the_page_s_own_example_is_refused() -> None:
    """It has rules without ids, types in small letters and an empty source, as the reference page prints it."""
    attributes = [{"name": "userPrincipalName", "type": "string"}]
    mapping = {
        "sourceObjectName": "User",
        "targetObjectName": "User",
        "attributeMappings": [{"source": {}, "targetAttributeName": "userName"}],
    }
    rule = {
        "name": "USER_TO_USER",
        "sourceDirectoryName": "Azure Active Directory",
        "targetDirectoryName": "Salesforce",
        "objectMappings": [mapping],
    }
    directories = [
        {"name": "Azure Active Directory", "objects": [{"name": "User", "attributes": attributes}]},
        {"name": "Salesforce"},
    ]
    with pytest.raises(DocumentFault, match="'string' was not found"):
        accepted({"directories": directories, "synchronizationRules": [rule]})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def small_text() -> str:
    """The document with hardly any directory, which is nine tenths of it."""
    sent = document()
    for directory in sent["directories"]:
        directory["objects"] = [{"name": name, "attributes": []} for name in ("User", "Group")]
    return json.dumps(sent)


SMALL = small_text()


@given(st.data())
def test_any_value_in_any_place_is_taken_or_refused_and_never_breaks(data: st.DataObject) -> None:
    sent = json.loads(SMALL)
    place: Any = sent
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 3))):
            break
        place = inner
    place[key] = data.draw(json_values)
    try:
        assert accepted(sent)
    except DocumentFault as refused:
        assert refused.message.startswith("schema : ")  # noqa: PT017


@given(json_values)
def test_any_body_is_taken_or_refused(body: object) -> None:
    try:
        accepted(body)
    except DocumentFault as refused:
        assert refused.message  # noqa: PT017
