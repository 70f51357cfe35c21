"""Every behaviour of the service that can be switched, with what it is when nobody says.

Where the real service's behaviour is not known, the default is the worst for a client: one that converges here
converges there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum


class GroupsPerResource(StrEnum):
    """How many agent groups a published resource can be assigned to."""

    ONE = "one"
    MANY = "many"


class AppOnlyTopology(StrEnum):
    """Whether an app-only token can call `/onPremisesPublishingProfiles`."""

    REFUSED = "refused"
    ALLOWED = "allowed"


class Auth(StrEnum):
    """Whether a token is looked at."""

    OFF = "off"
    REQUIRED = "required"


class MissingPermission(StrEnum):
    """How a provisioning call says that a permission is missing."""

    FORBIDDEN = "forbidden"
    UNKNOWN_ERROR = "unknownError"


class SecretsPut(StrEnum):
    """What PUT of secrets does to keys that it does not name."""

    MERGE = "merge"
    REPLACE = "replace"


class SecretsStar(StrEnum):
    """What the value `*` in PUT of secrets means."""

    KEEP = "keep"
    WRITE = "write"


class NoopSchemaPut(StrEnum):
    """What PUT of a schema that changes nothing does to the job's cycle."""

    RESTARTS = "restarts"
    IGNORED = "ignored"


class RetryAfter(StrEnum):
    """The form of the Retry-After header."""

    WHOLE = "whole"
    FRACTIONAL = "fractional"
    ABSENT = "absent"
    DATE = "date"


class Reregistration(StrEnum):
    """What the registration of a known machine by a new connector makes."""

    DUPLICATE = "duplicate"
    REUSE = "reuse"


class ThrottleClass(StrEnum):
    """The size of the tenant, which decides its resource units per ten seconds."""

    OFF = "off"
    S = "S"
    M = "M"
    L = "L"


class Lag(StrEnum):
    """What reads show while a write is not visible everywhere."""

    STALE = "stale"
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """All switches. Names are camelCase in JSON and snake_case here; each field carries its documentation."""

    groups_per_resource: GroupsPerResource = field(
        default=GroupsPerResource.ONE,
        metadata={"doc": "How many agent groups a published resource can be assigned to; `one`: a second is 400."},
    )
    app_only_topology: AppOnlyTopology = field(
        default=AppOnlyTopology.REFUSED,
        metadata={"doc": "`refused`: topology calls with an app-only token (a JWT with `idtyp` `app`) are 403."},
    )
    auth: Auth = field(
        default=Auth.OFF,
        metadata={
            "doc": "`required`: 401 without a token of this tenant that still holds, 403 where the call needs a "
            "permission or a role that the token does not name; `off`: any token or none is let in."
        },
    )
    missing_permission: MissingPermission = field(
        default=MissingPermission.FORBIDDEN,
        metadata={
            "doc": "With `auth` `required`: `unknownError` says 401 `UnknownError` without a message where a "
            "provisioning call lacks a permission, as was seen; `forbidden` 403."
        },
    )
    secrets_put: SecretsPut = field(
        default=SecretsPut.REPLACE,
        metadata={"doc": "`replace`: PUT of secrets removes the keys that it does not name; `merge` keeps them."},
    )
    secrets_star: SecretsStar = field(
        default=SecretsStar.WRITE,
        metadata={"doc": "`write`: a value `*` in PUT of secrets is stored as it stands; `keep`: the old value stays."},
    )
    noop_schema_put: NoopSchemaPut = field(
        default=NoopSchemaPut.RESTARTS,
        metadata={"doc": "`restarts`: PUT of a schema starts an initial cycle even where nothing changes."},
    )
    retry_after: RetryAfter = field(
        default=RetryAfter.FRACTIONAL,
        metadata={"doc": "Form of Retry-After on 429; `absent` leaves it out. Never shorter than what is left."},
    )
    reregistration: Reregistration = field(
        default=Reregistration.DUPLICATE,
        metadata={"doc": "`duplicate`: a new connector on a known machine makes a second agent; `reuse`: the same."},
    )
    throttle: ThrottleClass = field(
        default=ThrottleClass.OFF,
        metadata={"doc": "Resource units per ten seconds: `S` 3,500, `M` 5,000, `L` 8,000; `off`: no limit."},
    )
    visibility_seconds: float = field(
        default=0.0,
        metadata={"doc": "How long reads do not show a write: 404 after a create, old values, old lists."},
    )
    lag: Lag = field(
        default=Lag.STALE,
        metadata={"doc": "During that time: `stale`, always the old; `flapping`, each read the old or the new."},
    )
    latency_ms: float = field(default=0.0, metadata={"doc": "How long each request waits before its answer, in ms."})
    settle_seconds: float = field(
        default=1200.0,
        metadata={"doc": "How long a new membership or assignment exists before its agent serves, in seconds."},
    )
    page_size: int = field(default=100, metadata={"doc": "Entities on a page where the request has no `$top`."})


def camel(name: str) -> str:
    """The JSON name of a snake_case field."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def switches_from_json(values: dict[str, object], base: Switches | None = None) -> Switches:
    """Switches with `values` (camelCase names) over `base`, which is all defaults where it is not given.

    Raises ValueError, which names the switch, for an unknown name or a value that it cannot have.
    """
    known = {camel(each.name): each.name for each in fields(Switches)}
    base = base or Switches()
    chosen = {each.name: getattr(base, each.name) for each in fields(Switches)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"there is no switch {name!r}; there are {', '.join(known)}")
        chosen[known[name]] = _value(name, value, chosen[known[name]])
    return Switches(**chosen)


def switches_to_json(switches: Switches) -> dict[str, str | float]:
    """All switches under their camelCase names."""
    return {camel(each.name): getattr(switches, each.name) for each in fields(Switches)}


def choices(default: object) -> tuple[str, ...]:
    """The words that a switch with this default can have; none for a number."""
    return tuple(type(default)) if isinstance(default, StrEnum) else ()


def numbers(default: object) -> str:
    """The numbers that a switch with this default can have, in words."""
    return "a whole number from 1 to 999" if isinstance(default, int) else "a number from 0 to 1e9"


def _value(name: str, value: object, current: object) -> object:
    if isinstance(current, StrEnum):
        if value not in choices(current):
            raise ValueError(f"switch {name!r} is one of {', '.join(choices(current))}, not {value!r}")
        return type(current)(str(value))
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
    is_whole = isinstance(current, int)
    if not (1 <= number <= 999 and number == int(number) if is_whole else 0 <= number <= 1e9):
        raise ValueError(f"switch {name!r} is {numbers(current)}, not {value!r}")
    return int(number) if is_whole else number
