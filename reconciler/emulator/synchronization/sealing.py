"""Seal secrets at rest.

What it answers: rows, exports, copies of a table, and whoever searches the database file for a token find none. What it
does not: the key lies in a row of its own in the same database, so whoever has the whole file can open what is in it.
Each value is bound to its principal and key, so that a sealed value moved to another place does not open.
"""

import base64

from reconciler.emulator.context import Context
from reconciler.emulator.ports import Ids
from reconciler.emulator.store import Kind, Transaction, View

KEY_ROW = "key"
_KEY = 32
_NONCE = 12


class Seal:
    """Seals and opens texts with one key (AES-256-GCM)."""

    __slots__ = ("_ids", "_key")

    def __init__(self, key: bytes, ids: Ids) -> None:
        self._key = key
        self._ids = ids

    def __repr__(self) -> str:
        return "Seal(…)"

    def close(self, text: str, place: str) -> str:
        """Return `text` sealed for a place, as base64."""
        # The import costs more than a request and is needed by few.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        nonce = self._ids.token_bytes(_NONCE)
        return base64.b64encode(nonce + AESGCM(self._key).encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, place: str) -> str:
        """Return the text that was sealed for this place.

        Raises cryptography's InvalidTag where it was sealed for another place or with another key.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        raw = base64.b64decode(sealed)
        return AESGCM(self._key).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()


def seal_in(writing: Transaction, truth: View, ids: Ids) -> Seal:
    """Return the seal of a database within a transaction; the key is made when it is first needed."""
    row = truth.get(Kind.SEAL, KEY_ROW)
    if row is None:
        row = {"key": base64.b64encode(ids.token_bytes(_KEY)).decode()}
        writing.put(Kind.SEAL, KEY_ROW, row)
    return Seal(base64.b64decode(str(row["key"])), ids)


def seal_for(context: Context) -> Seal:
    """Return the seal of the database that a call works on. Not to be called in a transaction."""
    with context.transaction() as writing:
        return seal_in(writing, context.truth, context.ids)
