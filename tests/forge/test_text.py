"""What a comment says comes back as it was written; what somebody made of it meanwhile is read and never believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.forge.text import MOST_CHARACTERS, MOST_OLDER, Text, body_of, following, fresh, read_text
from reconciler.model.address import app
from reconciler.model.plan import Action
from reconciler.model.reviewed import Reviewed, ReviewedChange

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
DIGEST = f"sha256:{'0a' * 32}"


def reviewed(changes: int = 1) -> Reviewed:
    return Reviewed(DIGEST, tuple(ReviewedChange(app(f"a{n}"), Action.ADD, DIGEST) for n in range(changes)))


def history(plans: int, size: int = 10) -> Text:
    text = fresh("comment", "hr", "plan 0" + " " + "x" * size)
    for number in range(1, plans):
        text = following(text, f"plan {number} " + "x" * size, reviewed(), NOON + timedelta(hours=number))
        read = read_text(body_of(text), "comment", "hr")
        assert read is not None
        text = read
    return text


lines = st.lists(
    st.sampled_from(["", "text", "<!-- reconciler:older 3 -->", "<!--reconciler:reviewed {} -->", "<details>", "```"]),
    max_size=6,
).map("\n".join)


@settings(max_examples=30)
@given(content=lines, before=lines)
def test_what_is_written_is_read_back(content: str, before: str) -> None:
    text = following(fresh("comment", "hr", before), content, reviewed(), NOON)
    assert read_text(body_of(text), "comment", "hr") == text
    assert len(text.older) == (text.content != fresh("comment", "hr", before).content)


def test_the_marker_of_another_kind_or_name_is_not_ours() -> None:
    body = body_of(fresh("comment", "hr", "plan"))
    assert read_text(body, "issue", "hr") is None
    assert read_text(body, "comment", "h") is None
    assert read_text(f"quoted:\n{body}", "comment", "hr") is None


@pytest.mark.parametrize(
    "words",
    ["", "{}", "{", '{"version":1,"digest":"sha256:1"}', '{"version":1,"digest":' + "[" * 100_000],
)
def test_what_was_reviewed_and_is_edited_says_nothing(words: str) -> None:
    text = read_text(f"<!-- reconciler:comment hr -->\n<!-- reconciler:reviewed {words} -->\nplan", "comment", "hr")
    assert text == Text("comment", "hr", "plan")


def test_an_address_cannot_end_the_marker() -> None:
    hostile = Reviewed(DIGEST, (ReviewedChange(app("a").within("mapping/User/x --> <b>"), Action.ADD, DIGEST),))
    body = body_of(fresh("comment", "hr", "plan", hostile))
    assert body.splitlines()[1].count("-->") == 1
    read = read_text(body, "comment", "hr")
    assert read is not None
    assert read.reviewed == hostile


def test_older_plans_are_folded_newest_first_and_at_last_dropped_with_a_count() -> None:
    text = history(MOST_OLDER + 4)
    assert text.content.startswith("plan 13")
    assert ["plan 12 " in text.older[0], "plan 3 " in text.older[-1]] == [True, True]
    assert (len(text.older), text.dropped) == (MOST_OLDER, 3)
    assert "Older, until 2026-07-02 01:00 UTC" in text.older[0]


def test_older_plans_make_room_for_the_newest() -> None:
    text = history(3, 40_000)
    assert (text.older, text.dropped) == ((), 2)
    assert text.reviewed == reviewed()


def test_the_list_of_changes_makes_room_and_the_digest_stays() -> None:
    body = body_of(fresh("comment", "hr", "x" * 50_000, reviewed(1000)))
    read = read_text(body, "comment", "hr")
    assert read == fresh("comment", "hr", "x" * 50_000, Reviewed(DIGEST))


def test_no_body_is_longer_than_github_takes_and_what_is_cut_is_counted() -> None:
    content = "a line\n" * 20_000
    body = body_of(fresh("comment", "hr", content, reviewed(1000)))
    assert len(body) <= MOST_CHARACTERS
    read = read_text(body, "comment", "hr")
    assert read is not None
    kept, _, note = read.content.partition("\n\n**")
    assert note == f"{len(content.strip()) - len(kept)} more characters found no room here.**"
    assert read.reviewed == Reviewed(DIGEST)
