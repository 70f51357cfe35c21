"""Whatever a spec says, reading it gives findings with places inside the file, and never an exception."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.model.finding import has_errors
from reconciler.policy.rules.registry import judge
from reconciler.spec.check import check
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.parse import parse
from reconciler.spec.read import read_spec
from reconciler.spec.schema import ready
from tests.spec.whole import altered, as_file

SCHEMA = (Path(__file__).parents[2] / "schemas" / "spec.schema.json").read_text(encoding="utf-8")


def read(*contents):
    files = tuple(SpecFile(f"{n}.yaml" if n else "reconciler.yaml", content) for n, content in enumerate(contents))
    return read_spec(SpecFiles(files, (), SCHEMA))


def inside(finding, lines):
    place = finding.place
    return 1 <= place.line <= place.end_line <= len(lines) + 1 and place.column >= 1


@settings(max_examples=100, deadline=None)
@given(altered())
def test_a_document_has_findings_exactly_where_it_breaks_the_schema(spec):
    content = as_file(spec)
    schema = ready(SCHEMA)
    document = parse("a.yaml", content)
    findings = check(document, schema)
    if not has_errors(document.findings):
        assert bool(findings) == (not Draft202012Validator(schema.root).is_valid(spec))
    assert all(inside(finding, content.decode().split("\n")) for finding in findings)


@settings(max_examples=100, deadline=None)
@given(altered(most=6))
def test_any_spec_is_read_and_judged(spec):
    content = as_file(spec)
    reading = read(content)
    assert (reading.spec is not None) == parse("reconciler.yaml", content).whole
    if reading.spec is not None:
        judge(reading.spec)
    assert all(inside(finding, content.decode().split("\n")) for finding in reading.findings)


@settings(max_examples=30, deadline=None)
@given(altered(), altered(), st.binary(max_size=50))
def test_any_files_together_are_read_and_their_findings_are_stable(one, other, junk):
    contents = (as_file(one), as_file(other), junk)
    assert read(*contents).findings == read(*contents).findings
