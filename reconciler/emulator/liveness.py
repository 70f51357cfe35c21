"""Decide whether an agent is active: it is until ten minutes pass without a heartbeat.

What is known of an agent's heartbeats is a list of pulses, each valid from its moment until the next one's: a seed or a
test may script some ahead.
Page: https://learn.microsoft.com/entra/identity/hybrid/cloud-sync/how-to-prerequisites
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from reconciler.emulator.store import Document

SILENCE = 600.0
"""Seconds without a heartbeat after which the service takes an agent to be inactive."""


class Pulse(Struct, frozen=True):
    """From `at` on the agent either sends heartbeats by itself, or was last heard at `heard`. Seconds since 1970."""

    at: float
    beating: bool
    heard: float = 0.0


def active(at: float) -> Pulse:
    """The agent sends heartbeats from `at` on."""
    return Pulse(at, beating=True)


def inactive(at: float) -> Pulse:
    """The service takes the agent to be inactive from `at` on, whenever it was heard."""
    return Pulse(at, beating=False)


def heard(at: float) -> Pulse:
    """A heartbeat came at `at` and no other is known to follow: so it is with one that is stopped at `at`."""
    return Pulse(at, beating=False, heard=at)


def is_active(pulses: Iterable[Pulse], now: float) -> bool:
    """Whether the service takes an agent with these pulses to be active at `now`."""
    current = max((pulse for pulse in pulses if pulse.at <= now), key=lambda pulse: pulse.at, default=None)
    return current is not None and (current.beating or now - current.heard < SILENCE)


def with_pulse(pulses: Sequence[Pulse], pulse: Pulse) -> tuple[Pulse, ...]:
    """The pulses with one that happens now: what came before is no longer needed, what is scripted for later stays."""
    return (pulse, *(later for later in pulses if later.at > pulse.at))


def pulses_of(connector: Document) -> tuple[Pulse, ...]:
    """The pulses that a row of the Hybrid Identity Service holds."""
    found = connector.get("pulses")
    return tuple(Pulse(*values) for values in found) if isinstance(found, list) else ()


def pulses_to_json(pulses: Iterable[Pulse]) -> list[object]:
    """The pulses as such a row holds them."""
    return [[pulse.at, pulse.beating, pulse.heard] for pulse in pulses]
