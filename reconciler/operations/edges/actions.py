"""What a run of GitHub Actions knows of itself: its environment, and the event that started it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.documents import Json, Malformed, read_json
from reconciler.model.secret import SecretText

API = "https://api.github.com"
"""Where the API is unless GITHUB_API_URL says otherwise."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class Surroundings(Struct, frozen=True):
    """Where to publish and by which right."""

    api: str
    repository: str
    token: SecretText


def surroundings(environment: Mapping[str, str], repository: str | None) -> Surroundings:
    """Where to publish: what the options say, else GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN.

    Raises UsageError where one is missing or has the wrong form.
    """
    named = repository or environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(named):
        raise UsageError(
            f"{named!r} is no repository" if named else "no repository is named",
            hint="it is OWNER/NAME: give --repository, or set GITHUB_REPOSITORY, as GitHub Actions does",
        )
    token = environment.get("GITHUB_TOKEN", "").strip()
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set", hint="a workflow hands it on: `env: GITHUB_TOKEN: ${{ github.token }}`"
        )
    if not (token.isascii() and token.isprintable()):
        raise UsageError("GITHUB_TOKEN holds what no token holds", hint="is it the name of a file, or broken off?")
    return Surroundings(environment.get("GITHUB_API_URL") or API, named, SecretText(token))


def pull_request_number(environment: Mapping[str, str]) -> int:
    """The number of the pull request that started this run, from the file that GITHUB_EVENT_PATH names.

    Raises UsageError where nothing names one, ReconcilerError where the file cannot be read.
    """
    file = environment.get("GITHUB_EVENT_PATH", "")
    if not file:
        raise UsageError("no pull request is named", hint="give --number, or run it in a workflow on pull_request")
    try:
        event = read_json(Path(file).read_bytes())
    except OSError as error:
        raise ReconcilerError(f"the event file {file} cannot be read: {error.strerror or error}") from error
    except Malformed as fault:
        raise ReconcilerError(f"the event file {file} is no event: {fault.message}") from fault
    number = _number_of(event)
    if number is None:
        raise UsageError(f"the event in {file} is none of a pull request", hint="give --number")
    return number


def commit_of(environment: Mapping[str, str]) -> str:
    """The commit that this run is for, GITHUB_SHA. Raises UsageError where it is missing or none."""
    commit = environment.get("GITHUB_SHA", "")
    if not _COMMIT.fullmatch(commit):
        raise UsageError("GITHUB_SHA names no commit", hint="give --number, the pull request that was merged")
    return commit


def _number_of(event: Json) -> int | None:
    """`pull_request.number`, or that of an issue that is a pull request's."""
    for name in ("pull_request", "issue"):
        below = event.get(name) if isinstance(event, Mapping) else None
        number = below.get("number") if isinstance(below, Mapping) else None
        if isinstance(number, int) and not isinstance(number, bool) and number > 0:
            return number
    return None
