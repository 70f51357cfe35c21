"""What credentials may do: as tried, as their token's claims say, or as nobody can tell without a write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum, IntEnum

from msgspec import Struct

from reconciler.model.fields import Surface

ADMINISTRATORS = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    }
)
"""Template ids of the roles with which a user may work on provisioning: Global, Application, Cloud Application and
Hybrid Identity Administrator.

Page: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
"""

ROLE = "the role Application Administrator or Cloud Application Administrator"


class Capability(Struct, frozen=True):
    """A kind of call. One of `delegated` lets a user make it, one of `application` an application itself.

    The least comes first. `role` tells that a user needs an administrator's role besides; every write needs one.
    `other_role` names a role that would do and that a token's claims are not judged by. Where it is `extra`, a verb
    does its work without it, and leaves that part out.
    """

    what: str
    surface: Surface
    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    role: bool = False
    writes: bool = False
    other_role: str = ""
    extra: bool = False

    @property
    def needs(self) -> str:
        """What it needs, in words, for whoever calls."""
        role = ROLE if self.needs_role else self.other_role
        user = f"{_one_of(self.delegated)} (delegated{', and ' + role if role else ''})"
        return f"{user} or {_one_of(self.application)} (application)" if self.application else user

    @property
    def needs_role(self) -> bool:
        """Whether a user needs an administrator's role."""
        return self.role or self.writes


class Holder(Struct, frozen=True):
    """Whose token it is, as its claims say. `roles` is None where they say nothing of a user's roles."""

    application: str
    is_user: bool
    name: str = ""
    tenant: str = ""
    until: datetime | None = None
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] | None = None


class Outcome(Enum):
    """What came of a read that was tried; UNSENT where no time was left for it."""

    ANSWERED = "answered"
    REFUSED = "refused"
    STRANGER = "not accepted"
    FAILED = "failed"
    UNSENT = "not sent"


class Attempt(Struct, frozen=True):
    """A read that was tried, `times` times with the same outcome. `status` is 0 where no answer came.

    In the path `{id}` stands for every id of which it was tried; `apps` are the apps by name, where it did not succeed.
    """

    method: str
    path: str
    capability: Capability
    outcome: Outcome
    status: int = 0
    why: str = ""
    times: int = 1
    apps: tuple[str, ...] = ()


class Looked(Struct, frozen=True):
    """What was tried, on how many apps, and how many there would have been had there been time."""

    attempts: tuple[Attempt, ...] = ()
    apps: int = 0
    of: int = 0


class Standing(IntEnum):
    """How sure it is that something can be done, best first."""

    TRIED = 0
    CLAIMED = 1
    UNKNOWN = 2
    LACKING = 3


class Ability(Struct, frozen=True):
    """Whether something can be done, and why it is thought so."""

    capability: Capability
    standing: Standing
    why: str


NO_TOKEN_NEEDED = "the endpoint asks for no token"  # noqa: S105 - words about a token, not one
UNREAD = "the token cannot be read, so only a write would tell"
CLAIMED = "by the token's claims"


def ability(capability: Capability, attempts: Sequence[Attempt], holder: Holder | None, *, bare: bool) -> Ability:
    """What is known of a capability. `holder` is None where the token tells nothing, `bare` that none is sent."""
    stranger = next((each for each in attempts if each.outcome is Outcome.STRANGER), None)
    if stranger is not None:
        return Ability(capability, Standing.LACKING, f"the service does not accept the token: {stranger.why}")
    tried = [each for each in attempts if each.capability == capability]
    if any(each.outcome is Outcome.REFUSED for each in tried):
        return Ability(capability, Standing.LACKING, f"{_lack(capability, holder)}{_share(tried)}")
    sent = [each for each in tried if each.outcome is not Outcome.UNSENT]
    failed = next((each for each in sent or tried if each.outcome is not Outcome.ANSWERED), None)
    if failed is not None:
        return Ability(capability, Standing.UNKNOWN, failed.why)
    return Ability(capability, Standing.TRIED, "tried") if tried else _untried(capability, attempts, holder, bare=bare)


def _untried(capability: Capability, attempts: Sequence[Attempt], holder: Holder | None, *, bare: bool) -> Ability:
    if bare:
        open_to_all = all(each.outcome is Outcome.ANSWERED for each in attempts)
        return Ability(capability, Standing.CLAIMED if open_to_all else Standing.UNKNOWN, NO_TOKEN_NEEDED)
    if holder is None:
        return Ability(capability, Standing.UNKNOWN, UNREAD)
    missing = _missing(capability, holder)
    return Ability(capability, Standing.LACKING if missing else Standing.CLAIMED, missing or CLAIMED)


def worst(abilities: Iterable[Ability]) -> Standing:
    """The standing of what needs all of these."""
    return max((each.standing for each in abilities), default=Standing.TRIED)


def _lack(capability: Capability, holder: Holder | None) -> str:
    """What a refused call lacks: what the token does not say, else what no token says."""
    if holder is None:
        return f"needs {capability.needs}"
    why = _missing(capability, holder)
    if not why and holder.is_user and capability.other_role:
        why = f"lacks {capability.other_role}"
    return (
        why or "refused although the token names the permission: it may count for owned applications only, or not here"
    )


def _share(tried: Sequence[Attempt]) -> str:
    """How many of the calls were refused, where not all were."""
    refused = sum(each.times for each in tried if each.outcome is Outcome.REFUSED)
    made = sum(each.times for each in tried)
    return f" ({refused} of {made} calls)" if refused < made else ""


def _missing(capability: Capability, holder: Holder) -> str:
    """What a token lacks by its claims, in words; "" where it lacks nothing."""
    if not holder.is_user:
        if holder.permissions & {*capability.application, *(() if capability.application else capability.delegated)}:
            return ""
        if not capability.application:
            return f"needs a signed-in user with {_one_of(capability.delegated)}; documented for users only"
        return f"lacks {_one_of(capability.application)} (application)"
    if not holder.permissions & {*capability.delegated}:
        return f"lacks {_one_of(capability.delegated)} (delegated)"
    if capability.needs_role and holder.roles is not None and not holder.roles & ADMINISTRATORS:
        return f"lacks {ROLE}"
    return ""


def _one_of(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}" if len(names) > 1 else "".join(names)


class VerbStanding(Struct, frozen=True):
    """Whether a verb can do its work on a surface; `without` names what of it cannot be done."""

    verb: str
    standing: Standing
    without: tuple[str, ...] = ()


class SurfaceStanding(Struct, frozen=True):
    """What the credentials of a surface may do. `problem` is why there is no token, "" where there is one."""

    surface: Surface
    way: str
    holder: Holder | None
    abilities: tuple[Ability, ...] = ()
    verbs: tuple[VerbStanding, ...] = ()
    looked: Looked = Looked()
    problem: str = ""
    hint: str = ""

    @property
    def reads(self) -> bool:
        """Whether all that a plan reads of it can be read, as far as it was tried."""
        told = [each.standing for each in self.abilities if not (each.capability.writes or each.capability.extra)]
        return not self.problem and max(told, default=Standing.UNKNOWN) < Standing.UNKNOWN
