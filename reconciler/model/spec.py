"""The whole of what a repository says: desired things, the tenant they belong to, and the policy they are held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from reconciler.model.address import Address
from reconciler.model.fields import Surface
from reconciler.model.place import Place
from reconciler.model.states import DesiredState


class Cloud(Enum):
    """The national cloud that a tenant lives in; tokens of one are worth nothing in another."""

    GLOBAL = "global"
    US_GOVERNMENT = "usgov"
    US_DEFENSE = "usgovdod"
    CHINA = "china"


class Way(Enum):
    """A way to get a token: whatever azure-identity finds on this machine, or a person who signs in elsewhere."""

    DEFAULT = "default"
    DEVICE_CODE = "device-code"


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in for a surface. `client_id` is the application that a person or this machine signs in as."""

    way: Way = Way.DEFAULT
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose service it is and where. `endpoint` is `emulator`, `graph` or a URL; `seed` is relative to the root."""

    name: str
    id: str
    endpoint: str
    cloud: Cloud = Cloud.GLOBAL
    seed: str = ""
    sign_ins: Mapping[Surface, SignIn] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)

    def sign_in(self, surface: Surface) -> SignIn:
        """How to sign in for a surface; the default way where the spec does not say."""
        return self.sign_ins.get(surface, SignIn())


class Interruption(Enum):
    """Whether an app may be unserved for a while, and under which condition."""

    NEVER = "never"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of availability. Counts are agents per group; None sets no bound."""

    name: str
    min_declared: int = 1
    min_active: int = 1
    max_active: int | None = None
    distinct_egress: int = 1
    standby: int = 0
    interruption: Interruption = Interruption.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one plan may do unasked. Percentages of the live managed things of a kind; None sets no bound."""

    max_removals_percent: int | None = 25
    max_removals: int | None = None
    max_apps_changed_percent: int | None = None
    max_apps_changed: int | None = 50
    floor: int = 1


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person's word for one change: its address and its digest. An empty digest, from `--ack`, is for any change."""

    address: Address
    change: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """What every plan is held to. `rules` sets the severity of single rules: `error`, `warn` or `ignore`."""

    availability: str = "three-active"
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    settle_seconds: float = 1200.0
    limits: Limits = Limits()
    protect: frozenset[Address] = frozenset()
    rules: Mapping[str, str] = field(default_factory=dict)
    acknowledgements: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec that was read and holds no fault of its own shape; rules still have to judge it."""

    desired: DesiredState
    tenant: Tenant
    policy: Policy
    surfaces: frozenset[Surface] = frozenset(Surface)
    store: str = "directory"
