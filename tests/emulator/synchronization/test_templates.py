"""Templates are of realistic size, bear the traps of real exports, and pass their own checks."""

import json

import pytest

from reconciler.emulator.synchronization.catalogue.kinds import AppKind, kind_of
from reconciler.emulator.synchronization.catalogue.templates import (
    TEMPLATES,
    Template,
    rule_ids,
    template_entity,
    template_schema,
    templates_of,
)
from reconciler.emulator.synchronization.document.check import accept_document
from reconciler.emulator.synchronization.functions import FUNCTIONS
from reconciler.emulator.synchronization.operators import OPERATORS

templates = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)


@templates
def test_a_template_is_as_large_as_real_ones_are(template: Template) -> None:
    assert 240_000 < len(json.dumps(template_schema(template), separators=(",", ":"))) < 360_000


@templates
def test_a_template_is_a_document_that_the_service_takes(template: Template) -> None:
    schema = template_schema(template)
    sent = json.loads(json.dumps(schema))
    assert accept_document(sent, {}, rule_ids(template)) == {
        k: v for k, v in schema.items() if k not in ("id", "version")
    }


@templates
def test_a_source_directory_holds_an_object_twice_and_a_nameless_mapping(template: Template) -> None:
    schema = json.loads(json.dumps(template_schema(template)))
    names = [found["name"] for found in schema["directories"][0]["objects"]]
    assert names.count("User") == 2
    nameless = [m for rule in schema["synchronizationRules"] for m in rule["objectMappings"] if m["name"] is None]
    assert [(m["enabled"], m["sourceObjectName"], m["attributeMappings"][0]["source"]) for m in nameless] == [
        (False, "", None)
    ]


def test_agents_are_needed_where_the_metadata_say_so() -> None:
    for template in TEMPLATES:
        metadata = template_entity(template)["metadata"]
        assert isinstance(metadata, list)
        said = {entry["key"]: entry["value"] for entry in metadata}
        assert said["IsSynchronizationAgentAssignmentRequired"] == str(template.needs_agent).lower()
        assert json.loads(said["configurationFields"])[1] == {"name": "secrettoken", "secret": True}


def test_a_client_that_guesses_a_template_is_wrong_somewhere() -> None:
    offered = templates_of(AppKind.AGENTS_ONLY)
    assert len(offered) == 2
    assert not any(template.default for template in offered)


def test_an_ecma_application_begins_with_a_placeholder() -> None:
    schema = json.loads(json.dumps(template_schema(templates_of(AppKind.ON_PREMISES_ECMA)[0])))
    users = schema["synchronizationRules"][0]["objectMappings"][0]
    (only,) = users["attributeMappings"]
    assert (only["targetAttributeName"], only["matchingPriority"]) == ("PLACEHOLDER", 1)


def test_scim_users_become_active_by_an_expression_with_an_empty_slot() -> None:
    schema = json.loads(json.dumps(template_schema(templates_of(AppKind.ON_PREMISES_SCIM)[0])))
    users = schema["synchronizationRules"][0]["objectMappings"][1]
    active = next(m for m in users["attributeMappings"] if m["targetAttributeName"] == "active")["source"]
    assert active["expression"] == 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
    assert [pair["key"] for pair in active["parameters"]][:2] == ["source", "switchValue1"]


def test_the_listings_have_the_documented_entries() -> None:
    operators = {operator.name: operator.entity() for operator in OPERATORS}
    assert operators["EQUALS"]["arity"] == "Binary"
    assert operators["IS NOT NULL"]["arity"] == "Unary"
    functions = {function.name: function.entity() for function in FUNCTIONS}
    assert functions["DefaultDomain"]["parameters"] == []
    append = functions["Append"]["parameters"]
    assert isinstance(append, list)
    assert [parameter["name"] for parameter in append] == ["source", "suffix"]


def test_each_kind_is_found_by_its_application_template() -> None:
    assert [kind_of({"applicationTemplateId": kind.application_template}) for kind in AppKind] == list(AppKind)
    assert kind_of({"applicationTemplateId": None}) is None
    assert kind_of({}) is None
