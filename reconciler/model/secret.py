"""A secret's source, which may be shown, and its text, which never is."""

from __future__ import annotations

from msgspec import Struct


class SecretSource(Struct, frozen=True):
    """Where a secret's text is found at apply: an environment variable or a file (relative to the spec's root)."""

    version: int
    env: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"env {self.env}" if self.env else f"file {self.file}"


class SecretText:
    """A secret. It prints as a mask, compares only to its own kind, and gives its text to `reveal` alone."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that sends it."""
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretText) and self._text == other._text

    def __hash__(self) -> int:
        return hash((SecretText, self._text))

    def __repr__(self) -> str:
        return "SecretText('***')"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret cannot be pickled or copied")
