"""Publish: find ours by its marker and its author, and write it in place; where it went away meanwhile, write anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from enum import Enum
from urllib.parse import quote

from msgspec import Struct

from reconciler.forge.faults import ForgeError, Uncertain
from reconciler.forge.github import GitHub
from reconciler.forge.posts import Post, comments, issues, merges_of, written_comment, written_issue
from reconciler.forge.text import Text, body_of, following, fresh, read_text
from reconciler.model.reviewed import Reviewed

COMMENT, ISSUE = "comment", "issue"

_MOST_TRIES = 3
_GONE = frozenset({404, 410})


class Done(Enum):
    """What publishing came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    REOPENED = "reopened"
    NOTHING = "nothing to close"


class Published(Struct, frozen=True):
    """What was done, and where it can be seen; "" where there is nothing to see."""

    done: Done
    url: str = ""


class Ours(Struct, frozen=True):
    """How ours is known: the name in its marker, and who writes it. Nobody else's is believed or written to."""

    name: str
    author: str


async def publish_comment(
    forge: GitHub, number: int, ours: Ours, content: str, reviewed: Reviewed | None, now: datetime
) -> Published:
    """Write the one comment of this name in a pull request: in place, with what it said before folded below.

    Raises ForgeError.
    """

    async def attempt() -> Published:
        found = await _first(comments(forge, number), ours, COMMENT)
        if found is None:
            body = {"body": body_of(fresh(COMMENT, ours.name, content, reviewed))}
            made = written_comment(await forge.write("POST", f"/issues/{number}/comments", body))
            return Published(Done.CREATED, made.url)
        post, before = found
        after = body_of(following(before, content, reviewed, now))
        if after == post.body:
            return Published(Done.UNCHANGED, post.url)
        await forge.write("PATCH", f"/issues/comments/{post.number}", {"body": after})
        return Published(Done.UPDATED, post.url)

    return await _insisted(attempt)


async def publish_issue(
    forge: GitHub, ours: Ours, title: str, label: str, content: str, *, is_clean: bool
) -> Published:
    """Write the one issue of this name: in place, opened anew where it was closed, and closed where all is clean.

    Raises ForgeError.
    """
    body = body_of(fresh(ISSUE, ours.name, content))

    async def attempt() -> Published:
        found = await _issue(forge, ours, label)
        if found is None:
            return Published(Done.NOTHING) if is_clean else await _opened(forge, title, label, body)
        done = _done(found, body, is_clean=is_clean)
        if done not in {Done.UNCHANGED, Done.NOTHING}:
            await forge.write("PATCH", f"/issues/{found.number}", {"body": body, **_STATES.get(done, {})})
        return Published(done, found.url)

    return await _insisted(attempt)


async def read_reviewed(forge: GitHub, number: int, ours: Ours) -> Reviewed:
    """What was reviewed in a pull request, from the comment of ours. Raises ForgeError where there is none."""
    found = await _first(comments(forge, number), ours, COMMENT)
    if found is None:
        raise ForgeError(
            f"pull request {number} has no comment {ours.name!r} of {ours.author}",
            hint="the check publishes one for each plan; --name and --author tell which",
        )
    post, text = found
    if text.reviewed is None:
        raise ForgeError(f"{post.url} does not say which plan it shows", hint="run the check again: it writes it anew")
    return text.reviewed


async def merged_as(forge: GitHub, commit: str) -> int:
    """The number of the pull request whose merge made a commit. Raises ForgeError where there is none."""
    found = [merged async for merged in merges_of(forge, commit) if merged.commit == commit]
    if not found:
        raise ForgeError(
            f"no pull request was merged as commit {commit[:40]}, so nobody reviewed a plan of it",
            hint="what goes past a pull request is applied by a person, or name it: --number",
        )
    return found[0].number


async def _insisted(attempt: Callable[[], Awaitable[Published]]) -> Published:
    """Try again, from the look on, where what was found is gone or nobody knows whether it was written."""
    for _ in range(_MOST_TRIES - 1):
        try:
            return await attempt()
        except Uncertain:
            continue
        except ForgeError as error:
            if error.status not in _GONE:
                raise
    return await attempt()


async def _first(posts: AsyncIterator[Post], ours: Ours, kind: str) -> tuple[Post, Text] | None:
    async for post in posts:
        text = read_text(post.body, kind, ours.name)
        if text is not None and post.author == ours.author:
            return post, text
    return None


async def _issue(forge: GitHub, ours: Ours, label: str) -> Post | None:
    """The issue of ours: an open one where there is one, else the latest."""
    found = [
        post
        async for post in issues(forge, quote(label, safe=""))
        if post.author == ours.author and read_text(post.body, ISSUE, ours.name) is not None
    ]
    return max(found, key=lambda post: (post.is_open, post.number), default=None)


async def _opened(forge: GitHub, title: str, label: str, body: str) -> Published:
    made = written_issue(await forge.write("POST", "/issues", {"title": title, "labels": [label], "body": body}))
    return Published(Done.CREATED, made.url)


def _done(found: Post, body: str, *, is_clean: bool) -> Done:
    if is_clean:
        return Done.CLOSED if found.is_open else Done.NOTHING
    if not found.is_open:
        return Done.REOPENED
    return Done.UNCHANGED if found.body == body else Done.UPDATED


_STATES = {
    Done.CLOSED: {"state": "closed", "state_reason": "completed"},
    Done.REOPENED: {"state": "open", "state_reason": "reopened"},
}
