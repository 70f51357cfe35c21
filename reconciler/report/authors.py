"""Who changed something, in the words of every report, and why that is not known."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.drift import Drift
from reconciler.model.plan import Change
from reconciler.model.trail import Author, Authors
from reconciler.model.words import counted

LONGEST_NAME = 120
"""Letters of a name that a report shows; user principal names end at 113."""


def author_words(author: Author) -> str:
    """Who and when; a name is shown as the service gives it, and whoever prints the words escapes them."""
    name = author.who if len(author.who) <= LONGEST_NAME else f"{author.who[: LONGEST_NAME - 3]}..."
    words = f"{name} on {author.at:%Y-%m-%d %H:%M} UTC"
    if author.others:
        words = f"{words}, or {counted(author.others, 'other')} before"
    return words


def authors_words(change: Change, authors: Authors) -> Iterator[str]:
    """Each author of a change once."""
    found = (authors.get((change.address, field.key)) for field in change.fields)
    yield from dict.fromkeys(author_words(author) for author in found if author is not None)


def nobody_words(drift: Drift) -> str:
    """Why a reader does not see who changed everything; "" where the audit log was read whole."""
    what = "the rest" if drift.authors else "it"
    return f"Who changed {what} is not known: {drift.nobody}." if drift.nobody else ""
