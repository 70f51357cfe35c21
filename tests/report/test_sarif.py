"""SARIF: each finding opens at its line, is explained by its rule, and is known again when lines move."""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Related
from reconciler.model.rule import Rule
from reconciler.report.sarif import findings_sarif

OURS = Rule("EPR201", "A group that is named exists", "Nothing serves an app whose group does not exist.")
THEIRS = Rule("EPR004", "Agents differ", "One line fails.", Severity.WARNING, page="https://learn.microsoft.com/entra")
RULES = {rule.id: rule for rule in (OURS, THEIRS)}
HERE = Place("apps/hr-sql.yaml", 5, 12, 5, 16)
FAULT = OURS.finding("app/hr names the group nope", address="app/hr", place=HERE, found="nope", hint="define it")
ANY = st.lists(st.sampled_from(["\ud800", " ", "#", "?"]) | st.characters(), max_size=20).map("".join)


def run_of(findings: Iterable[Finding], **more: str) -> dict[str, Any]:
    log = json.loads(findings_sarif(findings, RULES, **more))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    return run


def check(run: dict[str, Any]) -> None:
    """What the standard and code scanning ask of every result."""
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            physical = location["physicalLocation"]
            region = physical["region"]
            assert physical["artifactLocation"]["uri"].isascii()
            assert not set(physical["artifactLocation"]["uri"]) & set(' "<>\\^`{|}#?')
            assert region["startLine"] >= 1
            if "endLine" in region:
                assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


def test_a_finding_stands_at_its_line_with_all_that_it_says() -> None:
    (result,) = run_of([FAULT], folder="examples/contoso")["results"]
    assert result["ruleId"] == "EPR201"
    assert result["level"] == "error"
    assert result["message"] == {"text": "app/hr names the group nope; found: nope. define it"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "examples/contoso/apps/hr-sql.yaml"},
                "region": {"startLine": 5, "startColumn": 12, "endLine": 5, "endColumn": 16},
            },
            "logicalLocations": [{"fullyQualifiedName": "app/hr"}],
        }
    ]


def test_a_rule_is_explained_once_with_its_page() -> None:
    findings = [FAULT, replace(FAULT, message="app/b names nope"), THEIRS.finding("one line", place=HERE)]
    run = run_of(findings)
    theirs, ours = run["tool"]["driver"]["rules"]
    assert theirs["helpUri"] == THEIRS.page
    assert theirs["help"] == {"text": f"One line fails.\n\nSource: {THEIRS.page}"}
    assert theirs["defaultConfiguration"] == {"level": "warning"}
    assert ours["shortDescription"] == {"text": OURS.title}
    assert ours["help"] == ours["fullDescription"] == {"text": OURS.why}
    assert "helpUri" not in ours
    assert len(run["results"]) == 3


def test_a_finding_without_a_place_stands_at_the_top_of_the_spec() -> None:
    run = run_of([OURS.finding("no spec")])
    check(run)
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "reconciler.yaml"},
        "region": {"startLine": 1},
    }


def test_related_places_are_shown() -> None:
    (result,) = run_of([replace(FAULT, related=(Related(HERE, "first"), Related(HERE, "second")))])["results"]
    assert [(each["id"], each["message"]["text"]) for each in result["relatedLocations"]] == [
        (1, "first"),
        (2, "second"),
    ]


def test_a_finding_is_known_again_when_its_line_moves_and_told_from_its_twin() -> None:
    def marks(*findings: Finding) -> list[str]:
        return [each["partialFingerprints"]["reconcilerFinding/v1"] for each in run_of(findings)["results"]]

    moved = replace(FAULT, place=Place(HERE.file, 50, 1, 50, 5))
    assert marks(FAULT) == marks(moved)
    assert len(set(marks(FAULT, moved))) == 2
    assert marks(FAULT) != marks(replace(FAULT, address="app/b"))
    assert marks(FAULT) != marks(replace(FAULT, place=replace(HERE, file="b.yaml")))


def test_a_message_holds_no_link_and_no_placeholder() -> None:
    (result,) = run_of([replace(FAULT, message="see [this](https://evil.example) {0} \u202e", found="", hint="")])[
        "results"
    ]
    assert result["message"]["text"] == "see [this\\](https://evil.example) {{0}} \\u202e"


def test_a_run_that_was_refused_says_so_and_a_faulty_spec_is_no_failure_of_the_run() -> None:
    assert run_of([FAULT])["invocations"] == [{"executionSuccessful": True}]
    (invocation,) = run_of([], refused="the service cannot be read")["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"] == [
        {"level": "error", "message": {"text": "the service cannot be read"}}
    ]


PLACES = st.builds(Place, ANY, *[st.integers(1, 9)] * 4)


@given(st.lists(st.builds(lambda a, b, c, d, e: OURS.finding(f"x{a}", address=b, place=c, related=d, found=e), ANY, ANY,
    PLACES, st.lists(st.builds(Related, PLACES, ANY), max_size=2).map(tuple), ANY), max_size=3), ANY)  # fmt: skip
def test_whatever_the_names_the_log_is_well_formed(findings: list[Finding], folder: str) -> None:
    check(run_of(findings, folder=folder))
