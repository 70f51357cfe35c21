"""A pattern matches as .NET has it, and what .NET refuses is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.mapping.dotnet.patterns import may_run_away, pattern_of
from reconciler.mapping.failure import Failed


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"^CN\s*=\s*([^\,]*)\0ACNF", "CN = x\0ACNF:1", True),
        (r"^CN\s*=\s*([^\,]*)\0ACNF", "CN = x\nCNF:1", False),
        ("^SystemMailbox{", "SystemMailbox{1f05", True),
        ("^CAS_([^{]*){", "CAS_abc{", True),
        (r"SMTP:+[^.@]+@[^\.]+\..+", "SMTP:ada@contoso.com", True),
        ("a{,3}", "a{,3}", True),
        ("a{,3}", "aaa", False),
        ("a{2}", "aa", True),
        ("(foo){e}", "fox", False),
        (r"^\d+$", "٣٤", True),
        (r"^\w+$", "naïve_1", True),
        (r"^\w+$", "a-b", False),
        (r"^\W\S\D\s$", "-ab\u00a0", True),
        (r"^[\W]$", "-", True),
        (r"^[\w-]+$", "a-é", True),
        ("^[]a]+$", "]a", True),
        ("^[^]a]$", "b", True),
        ("[[:alpha:]]", "x", False),
        ("^[a-z-[aeiou]]+$", "bcd", True),
        ("^[a-z-[aeiou]]+$", "bad", False),
        (r"^[\b]$", "\b", True),
        (r"^[a\-z]+$", "a-z", True),
        ("^[a-]+$", "a-", True),
        (r"^[\d-x]+$", "1-x", True),
        (r"\p{IsCyrillic}\p{Lu}", "жA", True),
        (r"^\x41\u0042\cA\e\t$", "AB\x01\x1b\t", True),
        (r"^\.\-\/$", ".-/", True),
        (r"(?<y>\d\d)-\k<y>", "26-26", True),
        (r"(?'y'\d\d)-\k'y'", "26-27", False),
        (r"(?<n>a)(b)\1", "abb", True),
        ("(?i)STRASSE", "straße", False),
        ("(?i)ADA", "ada", True),
        ("x(?i:ADA)", "xada", True),
        ("a(?#note)b", "ab", True),
        ("(?=a)(?!b)(?<=^)(?<!x)(?:a)(?>a*)", "aa", True),
        (r"a\Z", "a\n", True),
        (r"a\z", "a\n", False),
        (r"\Aa\b", "a b", True),
        ("a|", "b", True),
        ("a+?b??", "ab", True),
        ("{1}", "{1}", True),
        ("(?:[a-f0-9]{1,4}:){7}[a-f0-9]{1,4}", "1:2:3:4:5:6:7:8", True),
        ("(|a)+b", "aab", True),
    ],
)
def test_a_pattern_matches_as_dotnet_has_it(pattern, text, matches):
    assert pattern_of(pattern).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "missing )"),
        ("a)", "unbalanced"),
        ("[a", "never closed"),
        ("[", "never closed"),
        ("[a-", "never closed"),
        ("[b-a]", "range"),
        (r"[a-\d]", "a range ends with a letter"),
        ("[a-[b]c]", "stands last"),
        ("*a", "nothing stands before"),
        ("a++", "a count follows a count"),
        ("a{2}{3}", "a count follows a count"),
        ("a\\", "ends with a backslash"),
        ("[\\", "ends with a backslash"),
        (r"\y", "means nothing"),
        (r"(a)\2", "there is no group 2"),
        (r"\k<x>", "not valid"),
        ("(?n)a", "not supported here"),
        ("((a{1000}){1000}){1000}", "more than 100,000 letters"),
        ("(?:a{999999999999}|b)", "more than 100,000 letters"),
        ("(?i)(a{300}b{300}){200}", "more than 100,000 letters"),
        ("(?<a-b>c)", "not supported here"),
        (r"\p{Nonsense}", "not valid"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern, message):
    with pytest.raises(Failed, match=message.replace("(", r"\(").replace(")", r"\)")):
        pattern_of(pattern)


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "result"),
    [
        (r"(\w+) (\w+)", "$2 $1", "one two", "two one"),
        (r"(?<a>x)(y)", "${a}$1$2", "xy", "xyx"),
        ("b", "[$`|$&|$'|$_|$$]", "abc", "a[a|b|c|abc|$]c"),
        ("(a)(b)?", "$+-$2-$3-${9}-${no}", "a", "--$3-${9}-${no}"),
        ("x*", "-", "abc", "-a-b-c-"),
        ("a", "$0$0", "ba", "baa"),
        ("b", "$+", "b", ""),
    ],
)
def test_a_replacement_is_filled_in_as_dotnet_does(pattern, replacement, text, result):
    assert pattern_of(pattern).replaced(text, replacement) == result


def test_a_group_that_caught_nothing_leaves_the_match_as_it_was():
    assert pattern_of("(?<a>x)?y").replaced("y xy", "-", "a") == "y -y"


def test_a_pattern_that_runs_away_is_stopped(monkeypatch):
    monkeypatch.setattr("reconciler.mapping.dotnet.patterns.SECONDS", 0.01)
    pattern = pattern_of("(?:a|aa)+$")
    for work in (pattern.matches, lambda text: pattern.replaced(text, ""), lambda text: pattern.group(text, None)):
        with pytest.raises(Failed, match="longer than"):
            work("a" * 60 + "b")


@pytest.mark.parametrize(
    ("pattern", "runs_away"),
    [("(a+)+", True), ("([a-z]+)*b", True), (r"(\d{2,})+", True), ("(a+?)+", True), ("(a|b)+", False), ("(a+b)+", False),
     ("[(a+)+]", False), (r"\(a+\)+", False), ("a+b+", False), ("(a+)", False), ("[", False)],
)  # fmt: skip
def test_a_counted_group_that_ends_counted_may_run_away(pattern, runs_away):
    assert may_run_away(pattern) is runs_away


@given(st.text(st.sampled_from(r"ab\d[]^-{}()?:<>=!*+.|$0,1wsk"), max_size=14), st.text(max_size=6))
def test_any_text_is_a_pattern_or_is_refused(pattern, text):
    try:
        compiled = pattern_of(pattern)
    except Failed:
        return
    assert compiled.matches(text) in {True, False}
