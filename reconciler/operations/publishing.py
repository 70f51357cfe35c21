"""Publish a report at GitHub, and read there which plan was reviewed."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from reconciler.errors import ExitCode, ReconcilerError, UsageError
from reconciler.forge.github import GitHub
from reconciler.forge.publish import Ours, Published, merged_as, publish_comment, publish_issue, read_reviewed
from reconciler.model.reviewed import Reviewed, reviewed_of
from reconciler.msgraph.transport.network import is_loopback, network_transport
from reconciler.operations.edges.actions import commit_of, pull_request_number, surroundings
from reconciler.operations.edges.plan_files import read_plan
from reconciler.operations.edges.system import SystemClock

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Target(Struct, frozen=True):
    """Where to publish: what tells ours from others, and what stands in for the environment."""

    name: str
    author: str
    repository: str | None = None
    seconds: float = 300.0

    @property
    def ours(self) -> Ours:
        """How ours is known. Raises UsageError for a name that no marker can hold."""
        if not _NAME.fullmatch(self.name):
            raise UsageError(f"--name {self.name!r}: a name is letters, digits, `.`, `_` and `-`, at most 64")
        return Ours(self.name, self.author)


async def comment(target: Target, file: Path, plan: Path | None, number: int | None) -> Published:
    """Publish a file as the comment of this name in a pull request, with the digest of the plan that it shows.

    Raises UsageError, ForgeError, and what reading the files raises.
    """
    ours, content = target.ours, _content(file)
    reviewed = None if plan is None else reviewed_of(read_plan(plan))
    number = number or pull_request_number(os.environ)
    async with _github(target) as forge:
        return await publish_comment(forge, number, ours, content, reviewed, SystemClock().now())


async def issue(target: Target, file: Path, title: str, label: str, ended: int) -> Published:
    """Publish a file as the issue of this name. `ended` is what the reporting verb ended with: 0 closes the issue.

    Raises UsageError, ForgeError, and what reading the file raises.
    """
    ours, content = target.ours, _content(file)
    async with _github(target) as forge:
        return await publish_issue(forge, ours, title, label, content, is_clean=ended == ExitCode.DONE)


async def reviewed(target: Target, number: int | None) -> Reviewed:
    """Which plan was reviewed in a pull request: the one of this number, or the one that was merged as GITHUB_SHA.

    Raises UsageError, ForgeError.
    """
    ours = target.ours
    commit = "" if number else commit_of(os.environ)
    async with _github(target) as forge:
        return await read_reviewed(forge, number or await merged_as(forge, commit), ours)


@asynccontextmanager
async def _github(target: Target) -> AsyncIterator[GitHub]:
    found = surroundings(os.environ, target.repository)
    if not _keeps_token(found.api):
        raise UsageError(
            f"GITHUB_API_URL {found.api!r} is no place to send a token to",
            hint="it begins with https:// and names a host",
        )
    transport = network_transport(found.api, os.environ)
    forge = GitHub(found.api, found.repository, found.token, transport, SystemClock(), target.seconds)
    try:
        yield forge
    finally:
        await forge.aclose()


def _keeps_token(api: str) -> bool:
    """Whether what is sent to an address can be read by nobody on the way: https, or this machine itself."""
    try:
        address = urlsplit(api)
        _ = address.port
        return bool(address.hostname) and (address.scheme == "https" or (address.scheme == "http" and is_loopback(api)))
    except ValueError:
        return False


def _content(file: Path) -> str:
    """The text to publish. Raises ReconcilerError where there is none."""
    try:
        content = file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise ReconcilerError(f"{file} cannot be read: {error.strerror or error}") from error
    if not content:
        raise ReconcilerError(f"{file} is empty, so nothing was published", hint="did the verb that wrote it fail?")
    return content
