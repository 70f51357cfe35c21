"""Findings, and what a plan or a drift report comes to, as JUnit XML: what every CI service shows as tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.drift import Drift
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.plan import Plan, Ruling, Unverifiable
from reconciler.report.changes import change_block
from reconciler.report.findings import finding_lines
from reconciler.report.terminal import Terminal, escape
from reconciler.report.verdict import guard_text

_WIDE = Terminal(100)
_NOWHERE = "no file"


class Case(Struct, frozen=True):
    """One test case. `outcome` is the element that tells how it failed: `failure`, `error`, or "" where it passed."""

    name: str
    outcome: str = ""
    message: str = ""
    details: tuple[str, ...] = ()


class Suite(Struct, frozen=True):
    """Cases under one name."""

    name: str
    cases: tuple[Case, ...]


def junit(suites: Iterable[Suite]) -> str:
    """Suites of cases as one XML document, without times: two runs over the same give the same bytes."""
    root = ET.Element("testsuites", name="reconciler")
    total: list[Case] = []
    for suite in suites:
        element = ET.SubElement(root, "testsuite", {"name": escape(suite.name), **_counts(suite.cases)})
        for case in suite.cases:
            _case(element, suite.name, case)
        total += suite.cases
    root.attrib.update(_counts(total))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    counts = {outcome: sum(case.outcome == outcome for case in cases) for outcome in ("failure", "error")}
    return {"tests": str(len(cases)), "failures": str(counts["failure"]), "errors": str(counts["error"])}


def _case(suite: ET.Element, of: str, case: Case) -> None:
    element = ET.SubElement(suite, "testcase", name=escape(case.name), classname=escape(of))
    text = "\n".join(case.details)
    if case.outcome:
        ET.SubElement(element, case.outcome, message=escape(case.message), type=case.outcome).text = text
    elif text:
        ET.SubElement(element, "system-out").text = text


def findings_suites(findings: Iterable[Finding], sources: Mapping[str, Sequence[str]]) -> Iterator[Suite]:
    """A suite for each file: a case for each of its findings, of which errors fail, or one that passed."""
    by_file: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in in_order(findings):
        by_file[finding.place.file if finding.place else _NOWHERE].append(finding)
    for name in sorted({*sources, *by_file}):
        cases = tuple(_finding_case(finding, sources) for finding in by_file.get(name, ()))
        yield Suite(name, cases or (Case("no faults"),))


def _finding_case(finding: Finding, sources: Mapping[str, Sequence[str]]) -> Case:
    outcome = "failure" if finding.severity is Severity.ERROR else ""
    return Case(
        f"{finding.rule} {finding.message}", outcome, finding.message, tuple(finding_lines(finding, _WIDE, sources))
    )


def plan_suite(plan: Plan) -> Suite:
    """What stands between a plan and its apply: guards that refuse, blocked changes and failed reads."""
    guards = tuple(
        Case(f"guard {guard.guard}", "failure" if guard.ruling is Ruling.REFUSED else "", guard_text(guard))
        for guard in plan.verdict.guards
    )
    blocked = tuple(
        Case(f"blocked {change.address}", "failure", change.blocked, tuple(change_block(change, _WIDE)))
        for change in plan.blocked
    )
    failed = _failed(each for each in plan.unverifiable if each.cell.is_failure)
    return Suite("plan", (*guards, *blocked, *failed) or (Case("nothing stands in the way"),))


def drift_suite(drift: Drift) -> Suite:
    """A case that fails for each thing that drifted, and an error for each thing that could not be read."""
    drifted = tuple(
        Case(
            f"drift {change.address}",
            "failure",
            "changed at the service",
            tuple(change_block(change, _WIDE, authors=drift.authors)),
        )
        for change in drift.drift
    )
    return Suite("drift", (*drifted, *_failed(drift.failed)) or (Case("no drift"),))


def _failed(unknown: Iterable[Unverifiable]) -> Sequence[Case]:
    things: defaultdict[Address, list[Unverifiable]] = defaultdict(list)
    for each in unknown:
        things[each.address].append(each)
    return tuple(
        Case(f"read {address}", "error", them[0].cell.detail, tuple(escape(each.key) for each in them))
        for address, them in sorted(things.items())
    )
