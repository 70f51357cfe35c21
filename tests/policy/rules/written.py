"""Specs for the tests of rules, as a person writes them, and what the rules find in them."""

from __future__ import annotations

from reconciler.model.address import Address
from reconciler.model.cells import Known
from reconciler.model.finding import Finding
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState, LiveState, Thing
from reconciler.policy.rules.registry import judge, judge_live
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.read import SpecReading, read_spec
from tests.conftest import ROOT

SCHEMA = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
ROOT_FILE = "version: 1\ntenant: {name: contoso, id: 7f3c1f0a-5b7e-4c55-9a53-0d5f2f7c6a11}\n"


def reading(text: str) -> SpecReading:
    """The spec of this text: its own root file, or one that lies beside a root file that says nothing of it."""
    texts = {"reconciler.yaml": text} if text.startswith("version:") else {"reconciler.yaml": ROOT_FILE, "a.yaml": text}
    return read_spec(SpecFiles(tuple(SpecFile(name, each.encode()) for name, each in texts.items()), (), SCHEMA))


def spec_of(text: str) -> Spec:
    spec = reading(text).spec
    assert spec is not None
    return spec


def faults(text: str) -> list[Finding]:
    """Everything that validating the text finds."""
    read = reading(text)
    judged = judge(read.spec) if read.spec else ()
    return [*read.findings, *filter(read.stands, judged)]


def found(rule: str, text: str) -> list[Finding]:
    """What one rule finds in the text, which may lack what its other keys need."""
    return [finding for finding in judge(spec_of(text)) if finding.rule == rule]


def found_live(rule: str, text: str, address: Address, **cells: object) -> list[Finding]:
    """What one rule finds where the service holds these cells of one thing; `__` in a name stands for a dot."""
    held = {name.replace("__", "."): Known(value) for name, value in cells.items()}
    return found_in(rule, text, LiveState({address: Thing(address, held)}))


def found_in(rule: str, text: str, live: LiveState) -> list[Finding]:
    """What one rule finds with this live state."""
    return [finding for finding in judge_live(spec_of(text), live, AppliedState()) if finding.rule == rule]
