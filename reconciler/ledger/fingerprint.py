"""Salted digests of secrets, kept only to notice that a value changed and its version did not."""

from __future__ import annotations

import hashlib
import hmac
import re

from reconciler.model.secret import SecretText

_FORM = re.compile(r"scrypt:(\d{1,9}):(\d{1,3}):(\d{1,3}):([0-9a-f]{32,}):([0-9a-f]{64})")
_MOST_MEMORY = 1 << 28

COST = 1 << 14
"""scrypt's cost: 16 MB and about 50 ms for each guess at a secret, for whoever stole a ledger."""


def fingerprint(secret: SecretText, salt: str) -> str:
    """The digest of a secret: `scrypt:cost:block:parallel:salt:digest`. `salt` is 32 hexadecimal digits, used once."""
    return f"scrypt:{COST}:8:1:{salt}:{_derive(secret, COST, 8, 1, salt)}"


def fits(secret: SecretText, digest: str) -> bool | None:
    """Whether a secret is the one that a digest was made of; None where the digest has no form that is known."""
    form = _FORM.fullmatch(digest)
    if form is None:
        return None
    try:
        derived = _derive(secret, int(form[1]), int(form[2]), int(form[3]), form[4])
    except ValueError:
        return None
    return hmac.compare_digest(derived, form[5])


def _derive(secret: SecretText, cost: int, block: int, parallel: int, salt: str) -> str:
    text = secret.reveal().encode("utf-8", "surrogatepass")
    key = hashlib.scrypt(text, salt=bytes.fromhex(salt), n=cost, r=block, p=parallel, maxmem=_MOST_MEMORY, dklen=32)
    return key.hex()
