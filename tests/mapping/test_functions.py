"""Every function gives what its page says, and what we read where the page is silent."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.functions.function import Example
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.values import moment_text
from tests.mapping.evaluating import evaluated, sources
from tests.mapping.expressions import expressions

EXAMPLES = [(name, example) for name, function in FUNCTIONS.items() for example in function.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}-{e.expression}" for name, e in EXAMPLES])
def test_the_documented_examples_come_out_as_documented(name: str, example: Example):
    value = evaluated(example.expression, example.user)
    assert (moment_text(value) if isinstance(value, datetime) else value) == example.result


@pytest.mark.parametrize(
    ("expression", "user", "value"),
    [
        # null, the empty text and an attribute that is absent
        ("IsNull([a])", {}, True),
        ("IsNull([a])", {"a": None}, True),
        ("IsNull([a])", {"a": ""}, False),
        ("IsNothing([a])", {}, True),
        ("IsNullOrEmpty([a])", {"a": ""}, True),
        ("IsPresent([a])", {"a": ()}, False),
        ("IsPresent([a])", {"a": "x"}, True),
        ("IsString([a])", {"a": "x"}, True),
        ("IsString([a])", {"a": 1}, False),
        ("Coalesce([a], [b], [c])", {"b": "", "c": "x"}, ""),
        ("Coalesce([a], [b])", {}, None),
        ("[A]", {"a": "x"}, "x"),
        # conditions
        ('IIF([a]="x", "y", "n")', {"a": "X"}, "n"),
        ('IIF([a]<>"x", "y", "n")', {}, "n"),
        ('IIF([a]<>"x", "y", "n")', {"a": "z"}, "y"),
        ('IIF([a]="", "y", "n")', {"a": ""}, "n"),
        ('IIF([a]>=10, "y", "n")', {"a": "9"}, "n"),
        ('IIF([a]>"10", "y", "n")', {"a": "9"}, "n"),
        ('IIF([a]<"b", "y", "n")', {"a": "a"}, "y"),
        ('IIF([a]=1, "y", "n")', {"a": "1.0"}, "y"),
        ('IIF([a]="1", "y", "n")', {"a": "1.0"}, "n"),
        ('IIF(BitAnd([a], 2)="0", "y", "n")', {"a": "4"}, "y"),
        ('IIF([a], "y", "n")', {"a": "True"}, "y"),
        ('IIF([a], "y", "n")', {"a": "0"}, "n"),
        ('IIF([a], "y", "n")', {}, "n"),
        ('IIF([a]="1", [b], Error("no"))', {"a": "1", "b": "x"}, "x"),
        ("IIF([a], [b], )", {"a": False}, None),
        ("Not([a])", {"a": "True"}, False),
        ("Not([a])", {}, True),
        ("CBool([a] = [b])", {"a": "1", "b": "1"}, True),
        ("CBool(BitAnd([a], 1))", {"a": 2}, False),
        ('IIF([a]="x", "y", "n")', {"a": ("x",)}, "y"),
        ('IIF([a]="x", "y", "n")', {"a": ()}, "n"),
        ('IIF([a], "y", "n")', {"a": ("True",)}, "y"),
        ('IIF([a], "y", "n")', {"a": "1e1"}, "y"),
        ('IIF([a]>1, "y", "n")', {"a": "1.5"}, "y"),
        ('Left("abc", [a])', {"a": (2,)}, "ab"),
        # Switch
        ('Switch([a], , "k", "v")', {"a": "x"}, None),
        ('Switch([a], "", "k", "v")', {"a": "x"}, ""),
        ('Switch([a], "d", "", "v")', {"a": ""}, "v"),
        ('Switch([a], "d", "", "v")', {}, "d"),
        ('Switch([a], "d", "K", "v")', {"a": "k"}, "d"),
        ('Switch([a], Error("never"), "k", "v")', {"a": "k"}, "v"),
        ('Switch([a], , "True", "1")', {"a": True}, "1"),
        # texts
        ("Append([a], [b])", {"a": "x"}, "x"),
        ("Append([a], [b])", {"b": "x"}, None),
        ('Append([a], "!")', {"a": ("x", "y")}, ("x!", "y!")),
        ('Prepend("a", [b])', {"b": "x"}, "ax"),
        ('Prepend("a", [b])', {}, None),
        ("Left([a], 2)", {"a": "abc"}, "ab"),
        ("Left([a], 9)", {"a": "abc"}, "abc"),
        ("Left([a], 0)", {"a": "abc"}, ""),
        ("Left([a], -1)", {"a": "abc"}, "abc"),
        ("Left([a], 1)", {}, ""),
        ('Mid([a], 2, "9")', {"a": "abc"}, "bc"),
        ("Mid([a], 9, 1)", {"a": "abc"}, ""),
        ("Mid([a], 1, 1)", {}, None),
        ("Trim([a])", {"a": (" x ", "y")}, ("x", "y")),
        ("Trim([a])", {}, None),
        ("StripSpaces([a])", {"a": " x\ty "}, "x\ty"),
        ("StripSpaces([a])", {}, None),
        ("ToLower([a])", {"a": "ÄİΣ"}, "äİσ"),
        ('ToLower([a], "tr-TR")', {"a": "IİX"}, "\u0131ix"),
        ("ToLower([a])", {}, None),
        ("ToUpper([a])", {"a": "straße"}, "STRAßE"),
        ('ToUpper([a], "az")', {"a": "i\u0131"}, "İI"),
        ("ToUpper([a])", {}, None),
        ("PCase([a])", {"a": "o'neil mc-ADAM_x l2b"}, "O'neil Mc-Adam_X L2b"),
        ("PCase([a])", {}, None),
        ('InStr([a], "b")', {"a": "abc"}, 2),
        ('InStr([a], "B", 1, vbTextCompare)', {"a": "abc"}, 2),
        ('InStr([a], "x")', {}, 0),
        ('Word([a], 2, " ,")', {"a": "a, b"}, "b"),
        ('Word([a], 0, " ")', {"a": "a"}, ""),
        ('Word([a], 1, " ")', {}, ""),
        ("NormalizeDiacritics([a])", {"a": "Åäöß œÆ Łódź й"}, "Aaoss oeAE Lodz й"),
        ("NormalizeDiacritics([a])", {}, None),
        ("NormalizeDiacritics([a])", {"a": "plain"}, "plain"),
        ('ConvertToUTF8Hex("Hello world!")', {}, "48656C6C6F20776F726C6421"),
        ("ConvertToUTF8Hex([a])", {}, None),
        ("ConvertToBase64([a])", {}, None),
        ("CStr([a])", {"a": True}, "True"),
        ("CStr([a])", {"a": 12}, "12"),
        ("CStr([a])", {"a": 2.0}, "2"),
        ("CStr([a])", {"a": 2.5}, "2.5"),
        ("Redact([a])", {"a": "x"}, "x"),
        # Replace
        ('Replace([a], "b", , , "x", , )', {"a": "abcb"}, "axcx"),
        ('Replace([a], "b", , , "x", , )', {"a": ""}, ""),
        ('Replace([a], "b", , , "x", , )', {}, None),
        ('Replace([a], "b", , , "x", , )', {"a": ("ab", "b")}, ("ax", "x")),
        ('Replace([a], , "(\\w+) (\\w+)", , "$2 $1", , )', {"a": "one two"}, "two one"),
        ('Replace([a], , "\\d+", , , [b], )', {"a": "x", "b": "n 42"}, "42"),
        ('Replace([a], , "(?<n>\\d)\\d", "n", , [b], )', {"a": "x", "b": "n 42"}, "4"),
        ('Replace([a], , "\\d+", , , [b], )', {"a": "x", "b": "none"}, None),
        # lists
        ("Count([a])", {"a": ("x", "y")}, 2),
        ("Count([a])", {"a": "x"}, 1),
        ("Count([a])", {}, 0),
        ("Item([a], 2)", {"a": ("x", "y")}, "y"),
        ("Item([a], 3)", {"a": ("x", "y")}, None),
        ("Item([a], 1)", {"a": "x"}, "x"),
        ('Join("; ", [a], [b])', {"a": ("x", "y"), "b": 1}, "x; y; 1"),
        ('Join(",", [a])', {}, ""),
        ('Join("@", [a], %DomainFQDN%)', {"a": "x"}, "x@contoso.lab"),
        ('Split([a], "|")', {"a": "x| y"}, ("x", "y")),
        ("Split([a])", {"a": "x, y"}, ("x", "y")),
        ('Split([a], ",")', {}, None),
        ("RemoveDuplicates(Trim([a]))", {"a": ("x", "x ", "X")}, ("x", "X")),
        ("RemoveDuplicates([a])", {"a": "x"}, "x"),
        # roles
        ("SingleAppRoleAssignment([a])", {"a": ("Admin",)}, "Admin"),
        ("SingleAppRoleAssignment([a])", {}, None),
        ("AppRoleAssignments([a])", {"a": "Admin"}, ("Admin",)),
        (
            "AppRoleAssignmentsComplex([a])",
            {"a": ("Admin",)},
            ('{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Admin","value":"Admin"}',),
        ),
        # chance and time
        ("Guid()", {}, "00000000-0000-4000-8000-000000000000"),
        ('RandomString(6, 3, 0, 0, 3, "0")', {}, "11aaa1"),
        ('SelectUniqueValue("x", "y")', {}, "x"),
    ],
)
def test_a_function_gives(expression, user, value):
    assert evaluated(expression, user) == value


@pytest.mark.parametrize(
    ("expression", "user", "text"),
    [
        ("Now()", {}, "11/24/2026 12:30:00 PM"),
        ("CDate([a])", {"a": "2021-06-30T23:00:00.5-02:00"}, "7/1/2021 1:00:00 AM"),
        ("CDate([a])", {"a": "6/30/2021 1:05 pm"}, "6/30/2021 1:05:00 PM"),
        ('DateAdd("m", 1, "2021-01-31")', {}, "2/28/2021 12:00:00 AM"),
        ('DateAdd("yyyy", -1, "2024-02-29")', {}, "2/28/2023 12:00:00 AM"),
        ('DateAdd("n", 90, Now())', {}, "11/24/2026 2:00:00 PM"),
        ("DateFromNum([a])", {"a": "129699324000000000"}, "1/1/2012 11:00:00 PM"),
    ],
)
def test_a_function_for_dates_gives(expression, user, text):
    assert moment_text(evaluated(expression, user)) == text


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('DateDiff("yyyy", "2020-12-31", "2021-01-01")', 1),
        ('DateDiff("q", "2020-12-31", "2021-04-01")', 2),
        ('DateDiff("m", "2021-01-31", "2021-02-01")', 1),
        ('DateDiff("ww", "2021-08-21", "2021-08-22")', 1),
        ('DateDiff("w", "2021-08-01", "2021-08-14")', 1),
        ('DateDiff("d", "2021-08-02", "2021-08-01")', -1),
        ('DateDiff("d", [none], "2021-08-01")', None),
        ('NumFromDate("2012-01-01T23:00:00Z")', 129699324000000000),
        ("NumFromDate([none])", None),
        ("DateFromNum([none])", None),
        ("CDate([none])", None),
        ('DateAdd("d", 1, [none])', None),
        ('FormatDateTime([none], , , "yyyy")', None),
        ('FormatDateTime("2026-11-24", "RoundtripKind", , "yyyyMMddHHmmss.0Z")', "20261124000000.0Z"),
        ('FormatDateTime("24.11.26 1:02", "", "dd.MM.yy H:mm", "MMM d, yyyy h:mm tt")', "Nov 24, 2026 1:02 AM"),
        ('FormatDateTime("20261124", "yyyyMMdd", "yyyy-MM-dd")', "2026-11-24"),
        ('FormatDateTime(DateFromNum("129699324000000000"), "RoundtripKind", , "o")', "2012-01-01T23:00:00.0000000Z"),
    ],
)
def test_dates_are_counted_and_written(expression, value):
    assert evaluated(expression) == value


@pytest.mark.parametrize(
    ("expression", "user", "message", "column"),
    [
        ('Join("", "a", Error("no name"))', {}, "no name", 15),
        ("Left([a], [b])", {"a": "x", "b": "y"}, "the number of letters is a whole number", 1),
        ("Append(Mid([a], 0, 1), [b])", {"a": "x"}, "letters are counted from 1", 8),
        ("SingleAppRoleAssignment([a])", {"a": ("x", "y")}, "2 roles", 1),
        ('Switch([a], , "k", "v")', {"a": ("x", "y")}, "one value is needed here, and there are 2", 1),
        ('IIF([a]="x", "y", "n")', {"a": ("x", "y")}, "one value is needed here", 5),
        ('IIF([a]>5, "y", "n")', {"a": "x"}, "a number is compared with what is none", 5),
        ('IIF([a], "y", "n")', {"a": "x"}, "a condition is True or False", 1),
        ('IIF([a]>1, "y", "n")', {"a": "1.2.3"}, "a number is compared with what is none", 5),
        ('Replace([a], , "a", "g", , [b], )', {"a": "x", "b": "y"}, "no group g", 1),
        ("Item([a], 0)", {"a": "x"}, "items are counted from 1", 1),
        ('Replace([a], "", , , "x", , )', {"a": "x"}, "the text to look for is empty", 1),
        ('Replace([a], , "(", , "x", , )', {"a": "x"}, "the pattern is not valid", 1),
        ('Replace([a], , "a", "g", "x", , )', {"a": "x"}, "no group g", 1),
        ("Replace([a])", {"a": "x"}, "needs a text or a pattern", 1),
        ('InStr([a], "x", 0)', {"a": "x"}, "counted from 1", 1),
        ('InStr([a], "x", 1, "how")', {"a": "x"}, "vbTextCompare", 1),
        ("Unknown([a])", {}, "the function Unknown is not known here", 1),
        ("Left([a])", {}, "Left does not take 1 arguments", 1),
        ("%Other%", {}, "nothing says what %Other% stands for", 1),
        ("DefaultDomain()", {}, "default domain", 1),
        ("CDate([a])", {"a": "soon"}, "no date", 1),
        ('DateAdd("fortnight", 1, Now())', {}, "an interval is one of", 1),
        ('DateAdd("yyyy", 9000, Now())', {}, "no such date", 1),
        ('DateAdd("s", [a], Now())', {"a": "9" * 30}, "no such date", 1),
        ("DateFromNum([a])", {"a": "9" * 30}, "no such date", 1),
        ('FormatDateTime("2026-11-24", , , "")', {}, "the format to write is empty", 1),
        ('FormatDateTime("2026-11-24", "Odd", , "yyyy")', {}, "a style is one of", 1),
        ("RandomString(300, 0, 0, 0, 0)", {}, "at most 256", 1),
        ('RandomString(3, 1, 0, 0, 0, "0123456789")', {}, "is to be avoided", 1),
        ('SelectUniqueValue("taken", [a])', {}, "each of the 2 values is taken or empty", 1),
    ],
)
def test_what_fails_says_why_and_where(expression, user, message, column):
    with pytest.raises(EvaluationFault, match=re.escape(message)) as fault:
        evaluated(expression, user, sources("taken"))
    assert fault.value.column == column


def test_a_value_that_is_taken_in_another_case_is_taken():
    assert evaluated('SelectUniqueValue("Ada", "Ada1")', given=sources("ada")) == "Ada1"


def test_the_default_domain_comes_from_outside():
    assert evaluated("DefaultDomain()", given=sources(words={"%DefaultDomain%": "contoso.com"})) == "contoso.com"


@pytest.mark.parametrize(
    ("expression", "whole"),
    [
        ("IgnoreFlowIfNullOrEmpty([a])", False),
        ('Append(IgnoreFlowIfNullOrEmpty([a]), "x")', False),
        ("IIF(IsPresent([a]), [a], IgnoreAttributeFlow)", False),
        ("IIF(IsPresent([a]), [a], IgnoreObjectFlow)", True),
    ],
)
def test_nothing_flows_where_an_expression_says_so(expression, whole):
    with pytest.raises(NoFlow) as ending:
        evaluated(expression, {"a": ""})
    assert ending.value.whole is whole


def test_what_has_a_value_flows():
    assert evaluated("IgnoreFlowIfNullOrEmpty([a])", {"a": "x"}) == "x"


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.text(max_size=3)).map(tuple)
)


@given(expressions(), st.dictionaries(st.sampled_from(["a", "mail"]), VALUES))
def test_an_evaluation_ends_with_a_value_a_fault_or_no_flow(text, user):
    with suppress(EvaluationFault, NoFlow):
        evaluated(text, user)


NAMES = st.sampled_from(sorted(FUNCTIONS))
ARGUMENTS = st.lists(
    st.one_of(
        st.just("[a]"), st.just("[mail]"), st.sampled_from(["", "0", "-1", "99999999999999999999", '"d"', '"(a"', '""'])
    ),
    max_size=7,
)


@given(NAMES, ARGUMENTS, st.dictionaries(st.sampled_from(["a", "mail"]), VALUES))
def test_no_function_ends_otherwise_whatever_it_is_given(name, arguments, user):
    with suppress(EvaluationFault, NoFlow):
        evaluated(f"{name}({', '.join(arguments)})", user)
