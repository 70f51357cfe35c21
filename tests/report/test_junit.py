"""JUnit: a CI service shows every fault as a failed test, and what was looked at and is well as a passed one."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.address import app
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.drift import Drift, drift_of
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place
from reconciler.model.plan import Unverifiable
from reconciler.report.junit import drift_suite, findings_suites, junit, plan_suite
from tests.report.plans import HR, LEDGER, LON, PROTECT, contoso, empty

FAULT = Finding("EPR201", "app/hr names nope", place=Place("apps.yaml", 1, 1, 1, 4), hint="define it")
SOURCES = {"apps.yaml": ("apps:",), "reconciler.yaml": ("version: 1",)}
ANY = st.lists(st.sampled_from(["\ud800", "\x00", "\ufffe"]) | st.characters()).map("".join)
FAILED = Unverifiable(app("a"), "group", Unreadable(Reason.FAILED, "403 Forbidden"))


def cases(text: str) -> dict[tuple[str, str], str]:
    """How each case ended, by its suite and name; the counts are checked on the way."""
    root = ET.fromstring(text)
    found = list(root.iter("testcase"))
    assert root.get("tests") == str(len(found))
    for outcome in ("failure", "error"):
        assert root.get(f"{outcome}s") == str(len(list(root.iter(outcome))))
    for suite in root.iter("testsuite"):
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert {case.get("classname") for case in suite} == {suite.get("name")}
    return {
        (case.get("classname", ""), case.get("name", "")): next((child.tag for child in case), "passed")
        for case in found
    }


def test_each_file_is_a_suite_and_each_error_fails() -> None:
    warning = Finding("EPR004", "one line", Severity.WARNING, place=Place("apps.yaml", 1, 1, 1, 2))
    text = junit(findings_suites([FAULT, warning, Finding("EPR101", "no spec")], SOURCES))
    assert cases(text) == {
        ("apps.yaml", "EPR201 app/hr names nope"): "failure",
        ("apps.yaml", "EPR004 one line"): "system-out",
        ("no file", "EPR101 no spec"): "failure",
        ("reconciler.yaml", "no faults"): "passed",
    }
    assert "apps:\n    ^^^\n  hint      define it" in text


def test_what_stands_between_a_plan_and_its_apply_fails() -> None:
    plan = replace(contoso(PROTECT), changes=(LEDGER, LON), unverifiable=(FAILED,))
    assert cases(junit([plan_suite(plan)])) == {
        ("plan", "guard protect"): "failure",
        ("plan", "blocked agent/lon-3"): "failure",
        ("plan", "read app/a"): "error",
    }
    assert cases(junit([plan_suite(empty())])) == {("plan", "nothing stands in the way"): "passed"}


def test_drift_fails_and_a_failed_read_is_an_error_and_neither_is_well() -> None:
    drift = replace(drift_of(replace(contoso(), changes=(HR,)), ledger=True), failed=(FAILED,))
    assert cases(junit([drift_suite(drift)])) == {
        ("drift", "drift app/hr-sql"): "failure",
        ("drift", "read app/a"): "error",
    }
    assert cases(junit([drift_suite(Drift("emulator", "", ledger=True))])) == {("drift", "no drift"): "passed"}


@given(ANY, ANY, ANY)
def test_whatever_the_names_the_document_is_xml(message: str, file: str, line: str) -> None:
    finding = replace(FAULT, message=message, place=Place(file, 1, 1, 1, 3), found=line)
    assert list(cases(junit(findings_suites([finding], {file: (line,)}))).values()) == ["failure"]
