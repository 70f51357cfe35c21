"""The name of one thing: `agent/ams-1`, `app/crm-scim/mapping/User/emails[type eq "work"].value`."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The kinds of thing that the spec, the service and the ledger speak of."""

    AGENT = "agent"
    GROUP = "group"
    APP = "app"
    PROXY = "proxy"
    CONNECTOR_HOST = "connectorHost"
    MAPPING = "mapping"
    UPDATER = "updater"


UNBOUND_PREFIX = "id:"
"""Starts the key of a live object that no key of the spec names. A key of the spec cannot hold a colon."""


class Address(Struct, frozen=True, cache_hash=True):
    """A kind, a key, and for a part of a thing the rest, which runs verbatim to the end and may hold any character."""

    kind: Kind
    key: str
    part: str = ""

    def __str__(self) -> str:
        whole = self.kind + "/" + self.key  # Thousands are sorted by it, and this is thrice as fast as any other way.
        return whole + "/" + self.part if self.part else whole

    def __lt__(self, other: Address) -> bool:
        return str(self) < str(other)

    @property
    def thing(self) -> Address:
        """The address of the whole thing that this is a part of, or the address itself."""
        return Address(self.kind, self.key) if self.part else self

    @property
    def is_bound(self) -> bool:
        """Whether a key of the spec or of the ledger names this thing."""
        return not self.key.startswith(UNBOUND_PREFIX)

    def within(self, part: str) -> Address:
        """The address of a part of this thing."""
        return Address(self.kind, self.key, f"{self.part}/{part}" if self.part else part)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address as it is printed. Raises ValueError where the kind is unknown or the key is missing."""
        kind, _, rest = text.partition("/")
        key, _, part = rest.partition("/")
        if not key:
            raise ValueError(f"an address is KIND/KEY, such as group/hr, not {text!r}")
        return cls(Kind(kind), key, part)

    @classmethod
    def unbound(cls, kind: Kind, live_id: str) -> Address:
        """The address of a live object that nobody named."""
        return cls(kind, f"{UNBOUND_PREFIX}{live_id}")


def agent(key: str) -> Address:
    """The address of an agent."""
    return Address(Kind.AGENT, key)


def group(key: str) -> Address:
    """The address of an agent group."""
    return Address(Kind.GROUP, key)


def app(key: str) -> Address:
    """The address of an app."""
    return Address(Kind.APP, key)


def proxy(key: str) -> Address:
    """The address of a proxy."""
    return Address(Kind.PROXY, key)


UPDATER = Address(Kind.UPDATER, "profile")
"""The updater configuration, of which the profile has one."""
