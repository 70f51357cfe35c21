"""What GitHub refuses, in words that say what to do about it.

Page: docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.secret import SecretText

LONGEST = 300
"""Characters of somebody else's words that a message holds."""


class ForgeError(ReconcilerError):
    """Raised when GitHub refuses a call, cannot be reached, or answers what nobody can read. `status` is 0 then."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Uncertain(ForgeError):
    """Raised when a call that must not be repeated blindly got no answer: it may have been carried out."""


class Answer(Struct, frozen=True):
    """One answer: its status, its headers by lower-case name, its whole body, and the address that gave it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the call was carried out."""
        return 200 <= self.status < 300


_HINTS: Mapping[int, str] = {
    401: "GITHUB_TOKEN is missing, wrong or expired; a workflow hands it on: `env: GITHUB_TOKEN: ${{ github.token }}`",
    403: "the job needs `permissions: pull-requests: write` for a comment, `issues: write` for an issue; "
    "a run for a fork, or for Dependabot, never gets them",
    404: "is the number right, and may the token see this repository? GitHub answers 404 where it may not",
    410: "issues are switched off in this repository, or this one was deleted",
    422: "GitHub does not take what was sent; is the pull request locked, or the label not allowed?",
}


def fault_of(method: str, answer: Answer, token: SecretText) -> ForgeError:
    """The error of an answer that is no success, with what GitHub says of it; a token that it quotes is masked."""
    said = "; ".join(_words_of(answer.body)).replace(token.reveal(), "***")
    words = " ".join(said.split())[:LONGEST]
    path = answer.url.partition("://")[2].partition("/")[2].partition("?")[0]
    message = f"GitHub refuses {method} /{path} with {answer.status}" + (f": {words}" if words else "")
    return ForgeError(message, hint=_HINTS.get(answer.status, ""), status=answer.status)


def limit_fault(answer: Answer) -> ForgeError:
    """The error of an answer that says that too much was asked, for longer than a run may wait."""
    after = answer.headers.get("retry-after", "")
    how_long = f" for {after[:12]} s more" if after.isdecimal() else ""
    return ForgeError(
        f"GitHub limits how much this token may ask{how_long}, which is longer than this run may wait",
        hint="run it again later, or give a longer --time-limit",
        status=answer.status,
    )


class _Detail(Struct):
    message: str | None = None
    resource: str | None = None
    field: str | None = None
    code: str | None = None


class _Refusal(Struct):
    message: str = ""
    errors: list[msgspec.Raw] = []


def _words_of(body: bytes) -> Iterator[str]:
    """GitHub's message and the errors below it; nothing where the body is something else."""
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, RecursionError):
        return
    yield refusal.message
    for raw in refusal.errors[:5]:
        try:
            detail = msgspec.json.decode(raw, type=_Detail | str)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(detail, str):
            yield detail
        else:
            yield detail.message or " ".join(part for part in (detail.resource, detail.field, detail.code) if part)
