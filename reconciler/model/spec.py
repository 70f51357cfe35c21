"""The whole of what a repository says: desired things, the tenant they belong to, and the policy they are held to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.fields import Surface
from reconciler.model.mapping_tests import MappingUnderTest
from reconciler.model.place import Place, Placed
from reconciler.model.states import DesiredState


class Cloud(Enum):
    """The national cloud that a tenant lives in; tokens of one are worth nothing in another."""

    GLOBAL = "global"
    US_GOVERNMENT = "usgov"
    US_DEFENSE = "usgovdod"
    CHINA = "china"


class Way(Enum):
    """A way to get a token: whatever azure-identity finds here, one way by name, or a person who signs in elsewhere."""

    DEFAULT = "default"
    WORKLOAD_IDENTITY = "workload-identity"
    CLIENT_SECRET = "client-secret"  # noqa: S105 - the name of a way
    CLIENT_CERTIFICATE = "client-certificate"
    DEVICE_CODE = "device-code"


class SignIn(Struct, frozen=True):
    """How to sign in for a surface. `client_id` is the application that a person or this machine signs in as."""

    way: Way = Way.DEFAULT
    client_id: str = ""


class Tenant(Placed, frozen=True):
    """Whose service it is and where. `endpoint` is `emulator`, `graph` or a URL; `seed` is relative to the root."""

    name: str
    id: str
    endpoint: str
    cloud: Cloud = Cloud.GLOBAL
    seed: str = ""
    sign_ins: Mapping[Surface, SignIn] = field(default_factory=dict)
    place: Place | None = None

    def sign_in(self, surface: Surface) -> SignIn:
        """How to sign in for a surface; the default way where the spec does not say."""
        return self.sign_ins.get(surface, SignIn())


class Interruption(Enum):
    """Whether an app may be unserved for a while, and under which condition."""

    NEVER = "never"
    ACKNOWLEDGED = "acknowledged"


class Profile(Struct, frozen=True):
    """A profile of availability. Counts are agents per group; None sets no bound."""

    name: str
    min_declared: int = 1
    min_active: int = 1
    max_active: int | None = None
    distinct_egress: int = 1
    standby: int = 0
    interruption: Interruption = Interruption.ACKNOWLEDGED


class Limits(Struct, frozen=True):
    """How much one plan may do unasked. Percentages of the live managed things of a kind; None sets no bound."""

    max_removals_percent: int | None = 25
    max_removals: int | None = None
    max_apps_changed_percent: int | None = None
    max_apps_changed: int | None = 50
    floor: int = 1


class Acknowledgement(Placed, frozen=True):
    """A person's word for one change: its address and its digest. An empty digest, from `--ack`, is for any change."""

    address: Address
    change: str = ""
    place: Place | None = None


class Policy(Placed, frozen=True):
    """What every plan is held to. `rules` sets the severity of single rules: `error`, `warn` or `ignore`.

    `places` tells where it names the profile of all groups (`availability`), and each rule.
    """

    availability: str = "three-active"
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    settle_seconds: float = 1200.0
    limits: Limits = Limits()
    protect: frozenset[Address] = frozenset()
    rules: Mapping[str, str] = field(default_factory=dict)
    acknowledgements: tuple[Acknowledgement, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)


class Spec(Struct, frozen=True):
    """A spec that was read and holds no fault of its own shape; rules still have to judge it.

    `store` is where the state is kept: `directory` or `gitRef:REF`; `store_place` where it says so. `tested` are the
    mappings that have tests.
    """

    desired: DesiredState
    tenant: Tenant
    policy: Policy
    surfaces: frozenset[Surface] = frozenset(Surface)
    store: str = "directory"
    store_place: Place | None = None
    tested: tuple[MappingUnderTest, ...] = ()
