"""What a person reviewed: a plan's digest and those of its changes, and how a plan that is made anew differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    every,
    expect_version,
    members,
    optional,
    take,
    text,
)
from reconciler.model.plan import Action, Plan

VERSION = 1
"""The version of the document; a plan's document of this version can be read in its place."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class ReviewedChange(Struct, frozen=True):
    """One change as it was reviewed: `digest` covers every value before and after."""

    address: Address
    action: Action
    digest: str


class Reviewed(Struct, frozen=True):
    """A plan as it was reviewed. `changes` is None where only the digest of the whole is known."""

    digest: str
    changes: tuple[ReviewedChange, ...] | None = None


def is_digest(words: str) -> bool:
    """Whether these words are a plan's digest: `sha256:` and 64 hexadecimal digits."""
    return _DIGEST.fullmatch(words) is not None


def reviewed_of(plan: Plan) -> Reviewed:
    """What is to be remembered of a plan while it is reviewed."""
    changes = (ReviewedChange(change.address, change.action, change.digest) for change in plan.changes)
    return Reviewed(plan.digest, tuple(changes))


def reviewed_to_json(reviewed: Reviewed) -> dict[str, Json]:
    """The document of what was reviewed: members of the plan's own document, and no others."""
    document: dict[str, Json] = {"version": VERSION, "digest": reviewed.digest}
    if reviewed.changes is not None:
        document["changes"] = [
            {"address": str(change.address), "action": change.action.name.lower(), "digest": change.digest}
            for change in reviewed.changes
        ]
    return document


def reviewed_from_json(document: Json) -> Reviewed:
    """What was reviewed, from its own document or from a plan's. Raises Malformed, which carries a finding."""
    found = members(document)
    expect_version(found, VERSION)
    return Reviewed(take(found, "digest", _digest_from), take(found, "changes", optional(every(_change_from))))


def differences(reviewed: Reviewed, made: Plan) -> Iterator[tuple[Action, Address, str]]:
    """How a plan made anew differs from the reviewed one, change by change, in the order of their addresses.

    Nothing where the changes are the same, and where those of the reviewed plan are not known.
    """
    before = {change.address: change for change in reviewed.changes or ()}
    now = {change.address: change for change in reviewed_of(made).changes or ()}
    for address in sorted({*before, *now} if reviewed.changes is not None else ()):
        match before.get(address), now.get(address):
            case None, ReviewedChange(action=action):
                yield action, address, "is new: the reviewed plan leaves it as it is"
            case ReviewedChange(action=action), None:
                yield action, address, "is gone: it was reviewed, and is not to be done any more"
            case ReviewedChange(digest=earlier), ReviewedChange(action=action, digest=later) if earlier != later:
                yield action, address, "is another: it was reviewed with other values"


def _change_from(document: Json) -> ReviewedChange:
    found = members(document)
    return ReviewedChange(
        take(found, "address", address_from), take(found, "action", _action_from), take(found, "digest", text)
    )


def _action_from(document: Json) -> Action:
    try:
        return Action[text(document).upper()]
    except KeyError as error:
        raise Malformed(f"an action {text(document)!r} is unknown") from error


def _digest_from(document: Json) -> str:
    found = text(document)
    if not is_digest(found):
        raise Malformed("a digest is `sha256:` and 64 hexadecimal digits")
    return found
