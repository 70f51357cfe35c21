"""The text of a comment or an issue of ours: an invisible marker with a name, what was reviewed, and older plans.

<!-- reconciler:comment contoso -->
<!-- reconciler:reviewed {"version":1,"digest":"sha256:…","changes":[…]} -->
what is published now
<!-- reconciler:older 3 -->                    the number of older ones that found no room
<details>…an older one…</details>
<!-- reconciler:older -->
<details>…a still older one…</details>
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.documents import Malformed, read_json
from reconciler.model.reviewed import Reviewed, reviewed_from_json, reviewed_to_json

MOST_CHARACTERS = 65_000
"""Characters of a comment or an issue; GitHub takes 65,536."""

MOST_OLDER = 10
"""Older plans that are kept in a comment."""

_OURS = re.compile(r"<!--(\s*)reconciler:")
_REVIEWED = re.compile(r"<!-- reconciler:reviewed (.*) -->")
_OLDER = re.compile(r"^<!-- reconciler:older(?: (\d{1,6}))? -->\s*$", re.MULTILINE)


class Text(Struct, frozen=True):
    """What a comment or an issue says. `older` are folded sections, newest first; `dropped` counts those left out."""

    kind: str
    name: str
    content: str
    reviewed: Reviewed | None = None
    older: tuple[str, ...] = ()
    dropped: int = 0


def read_text(body: str, kind: str, name: str) -> Text | None:
    """What a body says; None where it does not begin with the marker of this kind and name. Never fails."""
    first, _, rest = body.replace("\r\n", "\n").partition("\n")
    if first.strip() != _marker(kind, name):
        return None
    second, _, after = rest.partition("\n")
    reviewed = _REVIEWED.fullmatch(second.strip())
    content, *parts = _OLDER.split(after if reviewed else rest)
    dropped = sum(int(count) for count in parts[::2] if count)
    older = tuple(stripped for section in parts[1::2] if (stripped := section.strip()))
    return Text(kind, name, content.strip(), _reviewed_from(reviewed[1]) if reviewed else None, older, dropped)


def following(before: Text, content: str, reviewed: Reviewed | None, now: datetime) -> Text:
    """The text after `before`, which is folded below the new one unless it says the same."""
    after = replace(before, content=_tame(content), reviewed=reviewed)
    if after.content == before.content:
        return after
    return replace(after, older=(_folded(before.content, now), *before.older))


def fresh(kind: str, name: str, content: str, reviewed: Reviewed | None = None) -> Text:
    """A text that nothing came before."""
    return Text(kind, name, _tame(content), reviewed)


def body_of(text: Text) -> str:
    """The body that holds a text, as much of it as GitHub takes.

    First the oldest plans have to go, then the list of reviewed changes, and then the end of what is published.
    """
    room = MOST_CHARACTERS
    for smaller in _ever_smaller(text):
        body = "\n".join(_lines(smaller))
        if len(body) <= room:
            return body
    bare = replace(text, content="", reviewed=_digest_only(text.reviewed), older=(), dropped=0)
    kept = text.content[: room - len("\n".join(_lines(bare))) - 200].rpartition("\n")[0]
    left_out = len(text.content) - len(kept)
    return "\n".join(_lines(replace(bare, content=f"{kept}\n\n**{left_out} more characters found no room here.**")))


def _ever_smaller(text: Text) -> Iterator[Text]:
    for kept in range(min(len(text.older), MOST_OLDER), -1, -1):
        yield replace(text, older=text.older[:kept], dropped=text.dropped + len(text.older) - kept)
    yield replace(text, reviewed=_digest_only(text.reviewed), older=(), dropped=text.dropped + len(text.older))


def _lines(text: Text) -> Iterator[str]:
    yield _marker(text.kind, text.name)
    if text.reviewed is not None:
        document = json.dumps(reviewed_to_json(text.reviewed), separators=(",", ":"))
        yield f"<!-- reconciler:reviewed {document.replace('>', chr(92) + 'u003e')} -->"
    yield text.content
    for number, section in enumerate(text.older):
        count = f" {text.dropped}" if text.dropped and number == 0 else ""
        yield f"\n<!-- reconciler:older{count} -->\n{section}"
    if text.dropped and not text.older:
        yield f"\n<!-- reconciler:older {text.dropped} -->\n"


def _marker(kind: str, name: str) -> str:
    return f"<!-- reconciler:{kind} {name} -->"


def _tame(content: str) -> str:
    """The content without markers of ours, which somebody may have quoted in it."""
    return _OURS.sub(r"<!--\1reconciler, ", content).strip()


def _folded(content: str, now: datetime) -> str:
    return f"<details><summary>Older, until {now.strftime('%Y-%m-%d %H:%M')} UTC</summary>\n\n{content}\n\n</details>"


def _digest_only(reviewed: Reviewed | None) -> Reviewed | None:
    return None if reviewed is None else replace(reviewed, changes=None)


def _reviewed_from(words: str) -> Reviewed | None:
    """What was reviewed; None where somebody edited it so that it says nothing."""
    try:
        return reviewed_from_json(read_json(words))
    except Malformed:
        return None
