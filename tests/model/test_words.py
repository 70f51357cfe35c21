"""Numbers, lists and durations as a sentence says them."""

import pytest

from reconciler.model.words import counted, duration, listed


@pytest.mark.parametrize(("number", "words"), [(0, "0 agents"), (1, "1 agent"), (3, "3 agents")])
def test_a_number_has_its_noun(number: int, words: str) -> None:
    assert counted(number, "agent") == words


@pytest.mark.parametrize(
    ("words", "sentence"), [("", ""), ("a", "a"), ("abcd", "a, b, c, d"), ("abcde", "a, b, c and 2 more")]
)
def test_a_long_list_says_how_many_more(words: str, sentence: str) -> None:
    assert listed(words) == sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (89, "89 s"),
        (90, "2 min"),
        (1241, "21 min"),
        (5400, "1 h 30 min"),
        (7200, "2 h"),
    ],
)
def test_a_duration_is_rounded_up(seconds: float, words: str) -> None:
    assert duration(seconds) == words
