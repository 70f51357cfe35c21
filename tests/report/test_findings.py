"""Findings as a person and a program read them."""

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Related
from reconciler.report.findings import MOST, findings_json, findings_text
from reconciler.report.terminal import TAB, Terminal, escape, width
from tests.report.goldens import matches

AGENTS = ("groups:", "  hr:", "    displayName: HR applications", "    agents: [ams-1, fra-1]")
SOURCES = {"agents.yaml": AGENTS}
SHORT = Finding(
    "EPR003",
    "group/hr has 2 agents; three-active asks for at least 3",
    Severity.ERROR,
    "group/hr",
    Place("agents.yaml", 4, 13, 4, 27),
    (Related(Place("agents.yaml", 2, 3, 2, 5), "group/hr is defined here"),),
    "ams-1, fra-1",
    "at least 3 of them",
    "add agents, or choose another `availability` profile",
    "ams-2",
    "https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-application-provisioning-architecture",
)
AGAIN = Finding("EPR003", "group/web has 1 agent; three-active asks for at least 3", page=SHORT.page)
WARNING = Finding("EPR251", "policy.rules: EPR001 keeps its weight", Severity.WARNING, hint="take it out")


def test_findings_read_well(regenerate: bool) -> None:
    matches("findings.txt", findings_text([WARNING, AGAIN, SHORT], Terminal(80), SOURCES, files=3), regenerate)


def test_findings_fit_a_narrow_terminal(regenerate: bool) -> None:
    matches("findings-40.txt", findings_text([SHORT, WARNING], Terminal(40), SOURCES), regenerate)


def test_the_nearest_word_is_not_said_twice() -> None:
    finding = Finding("EPR007", "m", expected="https://a:8585", suggestion="https://a:8585")
    assert "nearest" not in findings_text([finding], Terminal(), {})


def test_no_finding_is_good_news() -> None:
    assert findings_text([], Terminal(), {}, files=12) == "No faults in 12 files.\n"
    assert findings_text([], Terminal(), {}) == "No faults.\n"


def test_colour_only_adds_to_the_text() -> None:
    import re

    colored = findings_text([SHORT, WARNING], Terminal(80, color=True), SOURCES)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == findings_text([SHORT, WARNING], Terminal(80), SOURCES)


def test_the_json_document_has_every_member() -> None:
    document = json.loads(findings_json([WARNING, SHORT]))
    assert document["version"] == 1
    assert document["findings"][0] == {
        "rule": "EPR003",
        "severity": "error",
        "address": "group/hr",
        "place": {"file": "agents.yaml", "line": 4, "column": 13, "endLine": 4, "endColumn": 27},
        "related": [
            {
                "place": {"file": "agents.yaml", "line": 2, "column": 3, "endLine": 2, "endColumn": 5},
                "message": "group/hr is defined here",
            }
        ],
        "message": "group/hr has 2 agents; three-active asks for at least 3",
        "found": "ams-1, fra-1",
        "expected": "at least 3 of them",
        "hint": "add agents, or choose another `availability` profile",
        "suggestion": "ams-2",
        "page": SHORT.page,
    }
    assert document["findings"][1]["place"] is None
    assert document["findings"][1]["related"] == []


def test_of_one_rule_in_one_file_the_first_are_shown_and_the_rest_is_counted() -> None:
    many = [Finding("EPR244", f"m{number}", place=Place("a.yaml", number, 1, number, 2)) for number in range(1, 1254)]
    others = [Finding("EPR003", "other", place=Place("a.yaml", 2000, 1, 2000, 2)), Finding("EPR244", "elsewhere")]
    text = findings_text([*many, *others], Terminal(), {})
    assert text.count("error EPR244: m") == MOST
    assert f"\n\n... and {1253 - MOST:,} more of EPR244 in a.yaml\n\n" in text
    assert text.index("more of EPR244") < text.index("other") < text.index("elsewhere")
    assert text.endswith("\n1255 errors.\n")
    assert len(json.loads(findings_json([*many, *others]))["findings"]) == 1255


def test_as_many_as_are_shown_leave_nothing_out() -> None:
    many = [Finding("EPR244", f"m{number}") for number in range(MOST)]
    assert "more of" not in findings_text(many, Terminal(), {})
    assert "... and 1 more of EPR244\n" in findings_text([*many, Finding("EPR244", "n")], Terminal(), {})


ANY = st.text(max_size=40)
LETTERS = st.text(alphabet=st.one_of(st.sampled_from("ab \t東é\x1b\u202e\u0301"), st.characters()), max_size=60)


@st.composite
def marked_lines(draw: st.DrawFn) -> tuple[str, str, str]:
    clean = LETTERS.map(lambda text: text.replace("\n", "").replace("\r", ""))
    return draw(clean), draw(clean), draw(clean)


def shown(text: str) -> str:
    return "".join(TAB if letter == "\t" else escape(letter) for letter in text)


@given(marked_lines())
def test_carets_stand_under_what_is_marked_also_after_tabs_and_wide_letters(parts: tuple[str, str, str]) -> None:
    before, marked, after = parts
    place = Place("a.yaml", 1, len(before) + 1, 1, len(before) + len(marked) + 1)
    text = findings_text([Finding("EPR107", "m", place=place)], Terminal(2000), {"a.yaml": [before + marked + after]})
    carets = text.split("\n")[2]
    assert carets == TAB + " " * width(shown(before)) + "^" * max(width(shown(marked)), 1)


def test_a_caret_under_a_line_that_is_too_long_still_points_at_its_letter() -> None:
    line = "a" * 500 + "X" + "b" * 500
    place = Place("a.yaml", 1, 501, 1, 502)
    _, source, carets, *_ = findings_text(
        [Finding("EPR107", "m", place=place)], Terminal(60), {"a.yaml": [line]}
    ).split("\n")
    assert width(source) <= 60
    assert source[carets.index("^")] == "X"
    assert source.strip().startswith("...")
    assert source.endswith("...")


def test_a_marked_part_that_is_too_long_is_cut() -> None:
    place = Place("a.yaml", 1, 1, 1, 901)
    _, source, carets, *_ = findings_text(
        [Finding("EPR107", "m", place=place)], Terminal(60), {"a.yaml": ["a" * 900]}
    ).split("\n")
    assert width(source) <= 60
    assert len(carets) == len(source)


def test_a_mark_over_several_lines_runs_to_the_end_of_the_first() -> None:
    place = Place("a.yaml", 1, 3, 4, 2)
    carets = findings_text([Finding("EPR107", "m", place=place)], Terminal(), {"a.yaml": ["a: b", "", "", ""]}).split(
        "\n"
    )[2]
    assert carets == f"{TAB}  ^^"


def test_a_place_outside_the_source_shows_no_line() -> None:
    place = Place("a.yaml", 9, 1, 9, 2)
    text = findings_text([Finding("EPR107", "m", place=place)], Terminal(), {"a.yaml": ["a"]})
    assert "^" not in text
    assert "^" not in findings_text([Finding("EPR107", "m", place=place)], Terminal(), {})


@given(ANY, ANY, ANY, ANY, ANY, st.integers(40, 120))
def test_no_control_character_of_a_name_reaches_the_text(a: str, b: str, c: str, d: str, e: str, columns: int) -> None:
    place = Place(e or "f", 1, 1, 1, 2)
    finding = Finding("EPR107", a, Severity.ERROR, b, place, (Related(place, c),), d, e, a, b, c)
    text = findings_text([finding], Terminal(columns), {place.file: [d.replace("\n", "")]})
    assert all(letter == "\n" or letter.isprintable() for letter in text)
    assert all(32 <= ord(letter) < 127 or letter == "\n" for letter in findings_json([finding]))
