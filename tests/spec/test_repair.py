"""A slip that makes a file no YAML is answered with the line as it was most likely meant."""

from __future__ import annotations

import pytest

from reconciler.model.finding import Finding

GROUPS = """
groups:
  hr:
    displayName: HR
    agents: [a, b]
    standby: [c]
  it:
    displayName: IT
"""


def fault(read: object, old: str, new: str) -> Finding:
    assert old in GROUPS
    (finding,) = (each for each in read(GROUPS.replace(old, new, 1)).findings if each.rule == "EPR107")
    return finding


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("    agents", "   agents", "does not line up", "indent it by 4 blanks, not by 3"),
        ("    agents", "     agents", "does not line up", "indent it by 4 blanks, not by 5"),
        ("    agents", "  \tagents", "a tab stands", "indent it by 4 blanks"),
        ("agents: ", "agents ", "there is no colon after `agents`", "put a colon after `agents`"),
        ("standby: ", "standby:", "a colon has no blank after it", "put a blank after the colon"),
    ],
)
def test_the_line_is_shown_as_it_was_meant(read: object, old: str, new: str, message: str, hint: str) -> None:
    finding = fault(read, old, new)
    assert message in finding.message
    assert finding.hint == hint
    line = next(line for line in GROUPS.split("\n") if line.lstrip().startswith(old.strip(": ")))
    assert finding.suggestion == line
    assert finding.place.column == 1


def test_the_line_that_is_wrong_is_named_and_not_the_one_where_reading_stopped(read: object) -> None:
    finding = fault(read, "    displayName: HR", "   displayName: HR")
    assert finding.suggestion == "    displayName: HR"


@pytest.mark.parametrize("text", ["groups:\n  hr: {displayName: 'HR}\n", "groups: [\n", "]"])
def test_what_no_small_repair_mends_keeps_the_words_of_the_parser(read: object, text: str) -> None:
    (finding,) = (each for each in read("", more=text).findings if each.rule == "EPR107")
    assert finding.suggestion == ""
    assert finding.hint


def test_a_file_with_another_fault_is_not_repaired_into_it(read: object) -> None:
    finding = next(
        each
        for each in read(
            GROUPS.replace("    agents", "   agents").replace("displayName: IT", "dispayName: IT")
        ).findings
        if each.rule == "EPR107"
    )
    assert finding.suggestion == ""


def test_a_large_file_is_not_read_again_and_again(read: object) -> None:
    finding = fault(read, "    agents", f"{'# x' * 12_000}\n   agents")
    assert finding.suggestion == ""


def test_other_refusals_than_those_of_syntax_stay_as_they_are(read: object) -> None:
    findings = read("", more="a: 1\n---\nb: 2\n").findings
    assert "EPR115" in {finding.rule for finding in findings}


@pytest.mark.parametrize("joined", ["standby c", "standby:c"])
def test_a_key_that_is_joined_with_its_value_is_told_apart(read: object, joined: str) -> None:
    (finding,) = read(f"\ngroups:\n  hr:\n    displayName: HR\n    {joined}: 1\n").findings
    assert finding.suggestion == "standby: c"
    assert "`standby" in finding.hint


def test_what_stands_below_a_misspelt_section_is_not_missed_besides(read: object) -> None:
    findings = read("\nagnets:\n  a: {machineName: a}\ngroups:\n  hr: {displayName: HR, agents: [a]}\n").findings
    assert [(finding.rule, finding.suggestion) for finding in findings] == [("EPR120", "agents")]
