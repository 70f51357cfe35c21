"""What a token is to the rest: something that is asked for per surface, and that may not be had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText

Tell = Callable[[str], None]
"""Shows a person a line, such as where to sign in."""


class NoToken(ReconcilerError):
    """Raised when no token can be had, or when it would have to travel where it could be read."""


class Credential(Protocol):
    """Gives tokens."""

    async def token(self, surface: Surface) -> SecretText | None:
        """The token for a surface; None where the endpoint needs none. Raises NoToken."""


class Memory(Protocol):
    """Keeps short texts that are no secret, from one run to the next; what cannot be kept is forgotten."""

    def recall(self, name: str) -> str:
        """The text of a name; "" where there is none."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name."""


class Forgetful(Struct, frozen=True):
    """A memory that keeps nothing."""

    def recall(self, name: str) -> str:  # noqa: ARG002 - nothing is kept
        """Nothing."""
        return ""

    def keep(self, name: str, text: str) -> None:
        """Forget it."""


FORGETFUL = Forgetful()


class FixedToken(Struct, frozen=True):
    """One token for everything, or none."""

    text: SecretText | None = None

    async def token(self, surface: Surface) -> SecretText | None:  # noqa: ARG002 - the same for all
        """The token."""
        return self.text
