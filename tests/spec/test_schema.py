"""The schema: valid, described for editors, and answered at once without ever accepting what jsonschema refuses."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from reconciler.model.address import Kind
from reconciler.model.fields import FIELDS, Role
from reconciler.spec.accept import accepts
from reconciler.spec.schema import SpecSchema, described
from reconciler.spec.site import KINDS
from tests.spec.whole import WHOLE, altered

TEXT = (Path(__file__).parents[2] / "schemas" / "spec.schema.json").read_text(encoding="utf-8")


def test_the_schema_follows_the_draft():
    Draft202012Validator.check_schema(json.loads(TEXT))


def test_every_key_that_the_format_knows_is_accepted(schema: SpecSchema):
    assert [error.message for error in Draft202012Validator(json.loads(TEXT)).iter_errors(WHOLE)] == []
    assert schema.accepts(WHOLE)


def test_the_whole_example_names_every_property(schema: SpecSchema):
    def keys(node):
        if isinstance(node, dict):
            yield from node
            for child in node.values():
                yield from keys(child)
        elif isinstance(node, list):
            for child in node:
                yield from keys(child)

    named = set(keys(WHOLE)) | {"store", "azureBlob"}
    assert {path[-1] for path, _ in described(schema.root) if path[-1] != "*"} - named == set()


def test_every_property_is_described_in_a_sentence(schema: SpecSchema):
    properties = [(path, child) for path, child in described(schema.root) if child != {"not": {}}]
    assert len(properties) > 150
    for path, child in properties:
        text = str(child.get("description", ""))
        assert re.fullmatch(r"[A-Z.].{10,}\.", text), path


def test_every_object_is_closed(schema: SpecSchema):
    def objects(node):
        if isinstance(node, dict):
            if "properties" in node and "type" in node:
                yield node
            for child in node.values():
                yield from objects(child)
        elif isinstance(node, list):
            for child in node:
                yield from objects(child)

    assert all(node.get("additionalProperties") is False for node in objects(schema.root))


def test_every_form_is_named_and_its_examples_have_it(schema: SpecSchema):
    def forms(node):
        if isinstance(node, dict):
            if "pattern" in node:
                yield node
            for child in node.values():
                yield from forms(child)

    for form in forms(schema.root):
        assert form["title"]
        for example in form.get("examples", ()):
            assert Draft202012Validator(form).is_valid(example), form


def test_a_pattern_does_not_accept_a_line_break_at_the_end(schema: SpecSchema):
    spec = copy.deepcopy(WHOLE)
    spec["tenant"]["name"] = "contoso\n"
    assert not schema.accepts(spec)
    assert not Draft202012Validator(schema.root).is_valid(spec)


def test_every_field_of_the_tables_has_a_place_in_the_schema(schema: SpecSchema):
    known = {".".join(path) for path, _ in described(schema.root)}
    sections = {kind: f"{section}.*" for section, kind in KINDS.items()} | {Kind.UPDATER: "updates"}
    for kind, fields in FIELDS.items():
        for field in fields:
            if field.role is not Role.OBSERVED:
                key = "mappings" if (kind, field.key) == (Kind.APP, "mapping") else field.key
                assert f"{sections[kind]}.{key}" in known, (kind, field.key)


@settings(max_examples=120, deadline=None)
@given(altered())
def test_the_quick_answer_and_jsonschema_agree(spec):
    quick, slow = answers()
    assert quick(spec) == slow.is_valid(spec)


def answers():
    from reconciler.spec.schema import ready

    ready_schema = ready(TEXT)
    return ready_schema.accepts, Draft202012Validator(ready_schema.root)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"enum": ["a"], "minLength": 2}, "a"),
        ({"const": 1}, True),
        ({"enum": [1]}, True),
        ({"format": "email"}, "x"),
        ({"oneOf": [{}]}, "x"),
        (False, "x"),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}),
        ({"if": {"pattern": "a"}, "else": {"minLength": 9}}, "b"),
    ],
)
def test_in_doubt_nothing_is_accepted(schema, value):
    assert not accepts(schema)(value)
