"""What the verbs print for programs, reviews and nightly runs, whatever became of the run."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.rulebook import rulebook
from reconciler.cli.verbs.schema import NAMES
from reconciler.errors import ExitCode
from reconciler.model.rule import Rule
from tests.conftest import ROOT, Reconciler

VERBS = ("validate", "plan", "drift")


@cache
def schema(name: str) -> Any:
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


def check(name: str, text: str) -> Any:
    document = json.loads(text)
    assert [error.message for error in Draft202012Validator(schema(name)).iter_errors(document)] == []
    return document


@pytest.fixture
def broken(contoso: Path) -> Path:
    """A spec with two errors, one of them without a line to show."""
    agents = contoso / "agents.yaml"
    text = agents.read_text(encoding="utf-8")
    agents.write_text(text.replace("displayName: Finance", "dispayName: Finance"), encoding="utf-8")
    (contoso / "extra.yml").write_text("{}\n", encoding="utf-8")
    return contoso


@pytest.fixture
def unreadable(contoso: Path) -> Path:
    """A spec whose apps the service does not show."""
    seed = json.loads((contoso / "live.seed.json").read_text(encoding="utf-8"))
    seed["faults"] = [{"kind": "status", "method": "GET", "path": "/synchronization/", "status": 403}]
    (contoso / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")
    return contoso


def test_every_schema_is_printed_by_its_name(reconciler: Reconciler) -> None:
    assert {f"{name}.schema.json" for name in NAMES} == {file.name for file in (ROOT / "schemas").iterdir()}
    for name in NAMES:
        Draft202012Validator.check_schema(json.loads(reconciler("schema", name).out))


@pytest.mark.parametrize("name", ["findings", "drift", "status", "explain", "history", "ledger", "ledger-change"])
def test_every_member_of_a_document_is_described(name: str) -> None:
    def bare(node: Any, path: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        found = [f"{path}/{key}" for key, each in node.get("properties", {}).items() if not each.get("description")]
        return found + [each for key, child in node.items() for each in bare(child, f"{path}/{key}")]

    assert bare(schema(name), "") == []


def test_what_is_printed_follows_its_schema(reconciler: Reconciler, contoso: Path) -> None:
    assert check("findings", reconciler("validate", contoso, "--format", "json").out)["findings"] == []
    assert check("plan", reconciler("plan", contoso, "--format", "json").out)["changes"]
    assert check("drift", reconciler("drift", contoso, "--format", "json").out)["drift"]


def test_findings_follow_their_schema(reconciler: Reconciler, broken: Path) -> None:
    assert len(check("findings", reconciler("validate", broken, "--format", "json").out)["findings"]) == 2


def test_drift_of_a_service_that_cannot_be_read_follows_its_schema(reconciler: Reconciler, unreadable: Path) -> None:
    ran = reconciler("drift", unreadable, "--format", "json")
    assert ran.code == ExitCode.UNREADABLE
    assert check("drift", ran.out)["failedReads"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_faulty_spec_is_reported_in_every_form(reconciler: Reconciler, broken: Path, verb: str) -> None:
    markdown = reconciler(verb, broken, "--format", "markdown")
    assert markdown.code == ExitCode.ERROR
    assert markdown.out.startswith(f"## {verb.capitalize().replace('Validate', 'Validation')}: 2 errors in 1")
    assert "**error EPR120** at `agents.yaml:18:5`: `dispayName` is no key of `groups.finance`" in markdown.out
    assert ("**Not done: the spec has errors.**" in markdown.out) == (verb != "validate")
    (run,) = json.loads(reconciler(verb, broken, "--format", "sarif").out)["runs"]
    assert run["results"][0]["ruleId"] == "EPR120"
    assert run["invocations"][0]["executionSuccessful"] == (verb == "validate")
    root = ET.fromstring(reconciler(verb, broken, "--format", "junit").out)
    assert root.get("failures") == "2"
    assert root.get("errors") == ("0" if verb == "validate" else "1")


@pytest.mark.parametrize(("verb", "code"), [("plan", ExitCode.DONE), ("drift", ExitCode.CHANGES)])
def test_a_run_is_reported_in_every_form_and_ends_the_same(
    reconciler: Reconciler, contoso: Path, verb: str, code: int
) -> None:
    runs = {
        form: reconciler(verb, contoso, "--format", form) for form in ("text", "json", "markdown", "sarif", "junit")
    }
    assert {ran.code for ran in runs.values()} == {code}
    assert runs["markdown"].out.startswith(f"## {verb.capitalize()}: ")
    assert f'<testsuite name="{verb}"' in runs["junit"].out
    (run,) = json.loads(runs["sarif"].out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["EPR410"]


def test_what_is_refused_at_the_service_is_reported_too(reconciler: Reconciler, contoso: Path) -> None:
    seed = json.loads((contoso / "live.seed.json").read_text(encoding="utf-8"))
    seed["agentGroups"] += [{"displayName": "Finance"}] * 2
    (contoso / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")
    ran = reconciler("plan", contoso, "--format", "markdown")
    assert ran.code == ExitCode.ERROR
    assert ran.out.startswith("## Plan: 1 error")
    assert "**Not done: the spec cannot be bound to what the service holds.**" in ran.out


@pytest.mark.parametrize(("top", "uri"), [("", "contoso/agents.yaml"), ("contoso", "agents.yaml")])
def test_files_are_named_as_the_repository_names_them(reconciler: Reconciler, broken: Path, top: str, uri: str) -> None:
    (broken.parent / top / ".git").mkdir()
    (run,) = json.loads(reconciler("validate", broken, "--format", "sarif").out)["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_outside_of_a_repository_files_are_named_from_the_working_directory(
    reconciler: Reconciler, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uri() -> str:
        (run,) = json.loads(reconciler("validate", broken, "--format", "sarif").out)["runs"]
        return str(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    monkeypatch.chdir(broken.parent)
    assert uri() == "contoso/agents.yaml"
    (broken.parent / "elsewhere").mkdir()
    monkeypatch.chdir(broken.parent / "elsewhere")
    assert uri() == "agents.yaml"


def test_the_rulebook_holds_every_rule_of_the_program() -> None:
    files = [file for file in (ROOT / "reconciler").rglob("*.py") if "= Rule(" in file.read_text(encoding="utf-8")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    values = [value for name in names for value in vars(import_module(name)).values()]
    assert {value.id for value in values if isinstance(value, Rule)} == set(rulebook())
