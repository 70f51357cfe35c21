"""An expression is tried by hand: its value, what failed and where, and each part of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "evaluation.schema.json").read_text(encoding="utf-8")))
ADA = {
    "givenName": "Ada",
    "surname": "Lovelace",
    "mail": None,
    "otherMails": ["a@b", "c@d"],
    "huge": float("inf"),
    "address": {"city": "Oslo"},
}


@pytest.fixture
def user(tmp_path: Path) -> str:
    file = tmp_path / "ada.json"
    file.write_text(json.dumps(ADA), encoding="utf-8")
    return str(file)


def test_a_value_is_printed_so_that_null_and_the_empty_text_differ(reconciler: Reconciler, user: str) -> None:
    for expression, shown in (
        ('=Join(" ", [givenName], [surname])', '"Ada Lovelace"'),
        ("[mail]", "null"),
        ('""', '""'),
        ("[otherMails]", '["a@b", "c@d"]'),
        ("[address.city]", '"Oslo"'),
        ("Count([otherMails])", "2"),
        ("IgnoreFlowIfNullOrEmpty([mail])", "no flow: the attribute does not flow"),
        ("IgnoreObjectFlow", "no flow: the object does not flow"),
        ("[huge]", '"inf"'),
        ('"\x1b[31m"', '"\\u001b[31m"'),
    ):
        ran = reconciler("mapping", "eval", expression, "--user", user)
        assert (ran.code, ran.out, ran.err) == (ExitCode.DONE, f"{shown}\n", "")


def test_the_time_can_be_given(reconciler: Reconciler) -> None:
    ran = reconciler("mapping", "eval", "Now()", "--now", "2026-01-02T03:04:05")
    assert ran.out == '"1/2/2026 3:04:05 AM"\n'
    assert "no moment" in reconciler("mapping", "eval", "Now()", "--now", "noon").err


def test_a_trace_shows_each_part_and_what_nobody_needed(reconciler: Reconciler, user: str) -> None:
    ran = reconciler("mapping", "eval", 'IIF(IsPresent([mail]), [mail], "none")', "--user", user, "--trace")
    assert ran.out.splitlines() == [
        'IIF(IsPresent([mail]), [mail], "none")  is  "none"',
        "  IsPresent([mail])  is  false",
        "    [mail]  is  null",
        "  [mail]  is  not evaluated",
        '  "none"  is  "none"',
    ]


def test_a_failure_is_shown_with_its_part_and_its_values(reconciler: Reconciler, user: str) -> None:
    ran = reconciler("mapping", "eval", "Append([surname],\n  Mid([givenName], 0, 2))", "--user", user)
    assert ran.code == ExitCode.ERROR
    assert ran.err.splitlines() == [
        "error: column 21: letters are counted from 1, and no length is below 0",
        "    Mid([givenName], 0, 2))",
        "    ^^^^^^^^^^^^^^^^^^^^^^",
        '  given     "Ada", "0", "2"',
    ]


def test_a_text_that_is_no_expression_is_shown_with_what_mends_it(reconciler: Reconciler) -> None:
    ran = reconciler("mapping", "eval", "ToLower([mail]")
    assert ran.code == ExitCode.ERROR
    assert ran.err.splitlines() == [
        "error: column 8: the parenthesis of ToLower opens here and is never closed",
        "  ToLower([mail]",
        "         ^",
        "  expected  `)`, at the latest in column 15",
        "  hint      close ToLower with `)`",
    ]


def test_a_failure_with_a_trace_shows_what_came_before(reconciler: Reconciler) -> None:
    ran = reconciler("mapping", "eval", 'Append("a", Error("no"))', "--trace")
    assert ran.err.splitlines()[:4] == [
        'Append("a", Error("no"))  is  error: no',
        '  "a"  is  "a"',
        '  Error("no")  is  error: no',
        '    "no"  is  "no"',
    ]


@pytest.mark.parametrize(
    ("expression", "code", "document"),
    [
        ("[otherMails]", 0, {"value": ["a@b", "c@d"], "flow": True}),
        ("IgnoreAttributeFlow", 0, {"value": None, "flow": False}),
        ('Error("no")', 1, {"value": None, "flow": True, "error": {"message": "no", "column": 1}}),
        (
            "f(",
            1,
            {
                "value": None,
                "flow": True,
                "error": {"message": "the parenthesis of f opens here and is never closed", "column": 2},
            },
        ),
    ],
)
def test_the_json_says_the_same(
    reconciler: Reconciler, user: str, expression: str, code: int, document: object
) -> None:
    ran = reconciler("mapping", "eval", expression, "--user", user, "--format", "json")
    printed = json.loads(ran.out)
    SCHEMA.validate(printed)
    assert (ran.code, printed) == (code, {"version": 1, **document})  # type: ignore[dict-item]


def test_the_json_of_a_trace_has_every_ending(reconciler: Reconciler) -> None:
    expression = 'IIF("true", Coalesce(IgnoreFlowIfNullOrEmpty([a]), Error("no")), Error("no"))'
    for each in (expression, 'Append("a", Error("no"))'):
        printed = json.loads(reconciler("mapping", "eval", each, "--trace", "--format", "json").out)
        SCHEMA.validate(printed)
        assert printed["trace"]["parts"]


LINES = [
    ({"expression": "Now()", "now": "2026-01-02T03:04:05Z"}, {"value": "1/2/2026 3:04:05 AM"}),
    ({"expression": "[x]", "user": {"x": ["a", None]}}, {"value": ["a"]}),
    ({"expression": "[x]", "user": {"x": "ä\u2028"}}, {"value": "ä\u2028"}),
    ({"expression": "IgnoreFlowIfNullOrEmpty([x])", "user": {}}, {"value": None, "flow": False}),
    (
        {"expression": "SelectUniqueValue([a], [b])", "user": {"a": "Ada", "b": "Ada1"}, "taken": ["ada"]},
        {"value": "Ada1"},
    ),
    ({"expression": "f("}, {"value": {"error": "the parenthesis of f opens here and is never closed"}, "column": 2}),
    ({"expression": 'Append("", Error("no"))'}, {"value": {"error": "no"}, "column": 12}),
    ({"expression": 7}, {"value": {"error": 'the line is no object with an "expression"'}, "column": 0}),
    (
        {"expression": "[a]", "user": {"a": [[1]]}},
        {"value": {"error": '"user" is no object of values and lists of values'}, "column": 0},
    ),
    (
        {"expression": "[a]", "user": 1},
        {"value": {"error": '"user" is no object of values and lists of values'}, "column": 0},
    ),
    ({"expression": "[a]", "taken": "x"}, {"value": {"error": '"taken" is no list of texts'}, "column": 0}),
    ({"expression": "[a]", "now": "x"}, {"value": {"error": "'x' is no moment"}, "column": 0}),
    ({"expression": "[a]", "now": 5}, {"value": {"error": '"now" is no text'}, "column": 0}),
]


def test_a_batch_gives_a_line_for_each_line_in_order(reconciler: Reconciler, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    lines = [json.dumps(line) for line, _ in LINES]
    file.write_text("\n".join(["no JSON", "", "[" * 100_000, *lines]), encoding="utf-8")
    ran = reconciler("mapping", "eval", "--batch", str(file))
    assert ran.code == ExitCode.DONE
    no_json = {"value": {"error": "the line is no JSON"}, "column": 0}
    assert [json.loads(line) for line in ran.out.splitlines()] == [no_json, no_json, *(answer for _, answer in LINES)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give an expression, or --batch"),
        (("[a]", "--batch", "-"), "give an expression, or --batch"),
        (("[a]", "--user", "nowhere.json"), "there is no file nowhere.json"),
        (("--batch", "nowhere.jsonl"), "there is no file nowhere.jsonl"),
        (("[a]", "--user", str(ROOT / "README.md")), "the user is no JSON object of values"),
    ],
)
def test_wrong_usage_is_told(reconciler: Reconciler, words: tuple[str, ...], message: str) -> None:
    ran = reconciler("mapping", "eval", *words)
    assert ran.code == ExitCode.USAGE
    assert message in ran.err
