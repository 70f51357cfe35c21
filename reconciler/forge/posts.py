"""What comments, issues and pull requests say, as far as it is read: a body that is none of these is skipped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
from msgspec import Struct

from reconciler.forge.faults import ForgeError
from reconciler.forge.github import GitHub

T = TypeVar("T")


class Post(Struct, frozen=True):
    """A comment or an issue: its number in addresses, who wrote it, where it is seen, its text and its state."""

    number: int
    author: str
    url: str
    body: str
    is_open: bool = True


class Merged(Struct, frozen=True):
    """A merged pull request: its number, and the commit that the merge made."""

    number: int
    commit: str


class _Author(Struct):
    login: str = ""


class _Comment(Struct):
    id: int
    body: str | None = None
    html_url: str = ""
    user: _Author | None = None


class _Issue(Struct):
    number: int
    body: str | None = None
    html_url: str = ""
    user: _Author | None = None
    state: str = ""
    pull_request: object = None


class _Pull(Struct):
    number: int
    merged_at: str | None = None
    merge_commit_sha: str | None = None


async def comments(forge: GitHub, number: int) -> AsyncIterator[Post]:
    """The comments of a pull request, oldest first. Raises ForgeError."""
    async for page in forge.pages(f"/issues/{number}/comments"):
        for raw in _items(page):
            found = _decoded(raw, _Comment)
            if found is not None:
                yield _comment(found)


async def issues(forge: GitHub, label: str) -> AsyncIterator[Post]:
    """The issues with a label, open and closed, oldest first, without pull requests. Raises ForgeError."""
    async for page in forge.pages(f"/issues?state=all&direction=asc&labels={label}"):
        for raw in _items(page):
            found = _decoded(raw, _Issue)
            if found is not None and found.pull_request is None:
                yield _issue(found)


async def merges_of(forge: GitHub, commit: str) -> AsyncIterator[Merged]:
    """The merged pull requests that brought a commit. Raises ForgeError."""
    async for page in forge.pages(f"/commits/{commit}/pulls"):
        for raw in _items(page):
            found = _decoded(raw, _Pull)
            if found is not None and found.merged_at is not None:
                yield Merged(found.number, found.merge_commit_sha or "")


def written_comment(body: bytes) -> Post:
    """The comment that a write answers with. Raises ForgeError."""
    return _comment(_whole(body, _Comment))


def written_issue(body: bytes) -> Post:
    """The issue that a write answers with. Raises ForgeError."""
    return _issue(_whole(body, _Issue))


def _comment(found: _Comment) -> Post:
    return Post(found.id, found.user.login if found.user else "", found.html_url, found.body or "")


def _issue(found: _Issue) -> Post:
    author = found.user.login if found.user else ""
    return Post(found.number, author, found.html_url, found.body or "", found.state == "open")


def _items(page: bytes) -> list[msgspec.Raw]:
    return _whole(page, list[msgspec.Raw])


def _whole(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ForgeError(f"GitHub answers what is not its API: {error}"[:200], hint="check GITHUB_API_URL") from error


def _decoded(raw: msgspec.Raw, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return None
