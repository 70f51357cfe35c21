"""The tests of a spec's mappings are run by hand and by validate, and what fails is shown with its parts."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler

SPEC = """\
version: 1
tenant: {name: t, id: 7f3c0000-0000-4000-8000-000000000000, endpoint: emulator}
agents: {a: {machineName: a}, b: {machineName: b}, c: {machineName: c}}
groups: {g: {displayName: G, agents: [a, b, c]}}
mappings:
  people:
    source: User
    target: User
    prefix: "urn:x:"
    attributes:
      name: =Join(" ", [givenName], [surname])
      note: =IIF(IsPresent([mail]), [mail], "none")
    tests:
      - given: {givenName: Ada, surname: Lovelace, otherMails: [a, 1, true]}
        expect: {name: EXPECTED, "urn:x:note": none}
      - given: {mail: [a@b]}
        expect: {note: {flow: false}}
        match: {name: x}
        inScope: SCOPE
        creates: false
        now: "2026-11-24T12:00:00Z"
"""
HOLDS = SPEC.replace("EXPECTED", "Ada Lovelace").replace("{flow: false}", "[a@b]").replace("SCOPE", "true")
HOLDS = HOLDS.replace("        match: {name: x}\n", "")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "reconciler.yaml").write_text(HOLDS, encoding="utf-8")
    return tmp_path


def failing(spec: Path) -> str:
    text = SPEC.replace("EXPECTED", "Ada").replace("SCOPE", "false")
    (spec / "reconciler.yaml").write_text(text, encoding="utf-8")
    return str(spec)


def test_tests_that_hold_are_counted(reconciler: Reconciler, spec: Path) -> None:
    ran = reconciler("mapping", "test", str(spec))
    assert ran.code == ExitCode.DONE
    assert ran.out == ("mapping/people: 2 tests hold; reached 2 of 2 attributes, 2 of 2 branches\n\n2 tests hold.\n")
    assert reconciler("validate", str(spec)).code == ExitCode.DONE


def test_what_does_not_hold_is_shown_with_each_part(reconciler: Reconciler, spec: Path) -> None:
    ran = reconciler("mapping", "test", failing(spec))
    assert ran.code == ExitCode.ERROR
    assert ran.out.splitlines() == [
        "fail  reconciler.yaml:15:24: mapping/people, test 1: urn:x:name",
        '  expected  "Ada"',
        '  found     "Ada Lovelace"',
        '  Join(" ", [givenName], [surname])  is  "Ada Lovelace"',
        '    " "  is  " "',
        '    [givenName]  is  "Ada"',
        '    [surname]  is  "Lovelace"',
        "",
        "fail  reconciler.yaml:19:18: mapping/people, test 2: the scope",
        "  expected  out of scope",
        "  found     in scope",
        "",
        "fail  reconciler.yaml:17:24: mapping/people, test 2: urn:x:note",
        "  expected  no flow",
        '  found     ["a@b"]',
        '  IIF(IsPresent([mail]), [mail], "none")  is  ["a@b"]',
        "    IsPresent([mail])  is  true",
        '      [mail]  is  ["a@b"]',
        '    [mail]  is  ["a@b"]',
        '    "none"  is  not evaluated',
        "",
        "fail  reconciler.yaml:18:23: mapping/people, test 2: the match by urn:x:name",
        '  expected  "x"',
        "  found     no matching attribute",
        '  Join(" ", [givenName], [surname])  is  ""',
        '    " "  is  " "',
        "    [givenName]  is  null",
        "    [surname]  is  null",
        "",
        "mapping/people: 2 of 2 tests failed; reached 2 of 2 attributes, 2 of 2 branches",
        "",
        "2 of 2 tests failed.",
    ]


def test_validate_tells_each_at_its_place(reconciler: Reconciler, spec: Path) -> None:
    ran = reconciler("validate", failing(spec))
    assert ran.code == ExitCode.ERROR
    assert ran.out.count("EPR511") == 4
    assert "reconciler.yaml:15:24: error EPR511: test 1 of mapping/people does not hold" in ran.out
    torn = (spec / "reconciler.yaml").read_text(encoding="utf-8").replace("[surname])", "[surname]")
    (spec / "reconciler.yaml").write_text(torn, encoding="utf-8")
    ran = reconciler("validate", str(spec))
    assert (ran.out.count("EPR501"), ran.out.count("EPR511")) == (1, 2)


def test_junit_has_a_case_for_each_test(reconciler: Reconciler, spec: Path) -> None:
    ran = reconciler("mapping", "test", failing(spec), "--format", "junit")
    assert ran.code == ExitCode.ERROR
    suites = ET.fromstring(ran.out)
    assert (suites.get("tests"), suites.get("failures")) == ("2", "2")
    assert 'expected "Ada", found "Ada Lovelace"' in ran.out.replace("&quot;", '"')


def test_what_nobody_tests_is_named(reconciler: Reconciler, spec: Path) -> None:
    text = HOLDS.replace('"urn:x:note": none', "").replace("        expect: {note: [a@b]}\n", "")
    many = "".join(f"      more{n}: mail\n" for n in range(6))
    (spec / "reconciler.yaml").write_text(text.replace("    tests:\n", f"{many}    tests:\n"), encoding="utf-8")
    ran = reconciler("mapping", "test", str(spec))
    assert ran.out.splitlines() == [
        "mapping/people: 2 tests hold; reached 1 of 8 attributes, 2 of 2 branches",
        *(f"  not reached  urn:x:{name}" for name in ("note", "more0", "more1", "more2", "more3")),
        "  not reached  2 more",
        "",
        "2 tests hold.",
    ]


def test_a_spec_without_tests_says_where_they_stand(reconciler: Reconciler, spec: Path) -> None:
    (spec / "reconciler.yaml").write_text(HOLDS.partition("    tests:")[0], encoding="utf-8")
    ran = reconciler("mapping", "test", str(spec))
    assert (ran.code, ran.out) == (
        ExitCode.DONE,
        "The spec has no tests of mappings: they stand in `tests:` of a mapping.\n",
    )


@pytest.mark.parametrize("form", ["text", "junit"])
def test_a_spec_with_other_faults_is_not_tested(reconciler: Reconciler, spec: Path, form: str) -> None:
    (spec / "reconciler.yaml").write_text(HOLDS.replace("agents: [a", "agents: [x"), encoding="utf-8")
    ran = reconciler("mapping", "test", str(spec), "--format", form)
    assert ran.code == ExitCode.ERROR
    assert "EPR2" in ran.err
    assert ("EPR2" in ran.out) is (form == "junit")


def test_an_app_that_writes_its_mapping_out_has_tests_too(reconciler: Reconciler, spec: Path) -> None:
    app = """
apps:
  crm:
    servicePrincipal: {displayName: CRM}
    mappings:
      - source: User
        target: User
        match: [userName]
        attributes: {userName: mail}
        tests: [{given: {mail: a@b}, expect: {userName: a@b}, match: {userName: a@b}}]
"""
    (spec / "reconciler.yaml").write_text(HOLDS + app, encoding="utf-8")
    ran = reconciler("mapping", "test", str(spec))
    assert "app/crm: 1 test holds; reached 1 of 1 attributes" in ran.out
