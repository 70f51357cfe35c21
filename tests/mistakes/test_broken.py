"""`examples/broken` holds one mistake a line, and each has its answer: none hides another, and nothing else is said."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from tests.conftest import ROOT, Reconciler

BROKEN = ROOT / "examples" / "broken"
GOLDEN = ROOT / "tests" / "mistakes" / "broken.txt"
_MARK = re.compile(r"#! (EPR\d{3})")


def marked() -> Counter[tuple[str, int, str]]:
    """What the files say of themselves: file, line and rule of each mistake."""
    found: Counter[tuple[str, int, str]] = Counter()
    for path in BROKEN.rglob("*.yaml"):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            found.update((path.relative_to(BROKEN).as_posix(), number, rule) for rule in _MARK.findall(line))
    return found


def test_each_mistake_is_found_at_its_line_and_nothing_else_is(reconciler: Reconciler) -> None:
    ran = reconciler("validate", BROKEN, "--format", "json")
    findings = json.loads(ran.out)["findings"]
    assert ran.code == 1
    assert Counter((each["place"]["file"], each["place"]["line"], each["rule"]) for each in findings) == marked()
    assert len(findings) >= 30
    assert len({each["rule"] for each in findings}) >= 18


def test_each_answer_says_what_to_do(reconciler: Reconciler) -> None:
    for each in json.loads(reconciler("validate", BROKEN, "--format", "json").out)["findings"]:
        assert each["hint"] or each["suggestion"] or each["expected"] or each["related"], each


def test_the_answers_are_those_that_were_read(
    reconciler: Reconciler, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = reconciler("validate", BROKEN).out
    if pytestconfig.getoption("--regenerate"):
        GOLDEN.write_text(out, encoding="utf-8")
    assert out == GOLDEN.read_text(encoding="utf-8")
