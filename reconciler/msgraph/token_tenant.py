"""Whose tenant a token belongs to, asked before the first write: a token of another would change what nobody read."""

from __future__ import annotations

from reconciler.model.finding import Finding
from reconciler.model.secret import SecretText
from reconciler.msgraph.rules import WRONG_TENANT
from reconciler.msgraph.token_claims import holder_of


def tenant_of(token: SecretText) -> str | None:
    """The tenant that a token was given for: its claim `tid`. None where the token is no readable JWT."""
    holder = holder_of(token)
    return holder.tenant or None if holder else None


def check_tenant(token: SecretText | None, tenant_id: str) -> Finding | None:
    """A finding where a token does not belong to the spec's tenant. To be asked before the first write on Graph."""
    found = tenant_of(token) if token is not None else None
    if found is not None and found.casefold() == tenant_id.casefold():
        return None
    return WRONG_TENANT.finding(
        "the token does not say its tenant" if found is None else "the token belongs to another tenant",
        found=found or "",
        expected=tenant_id,
        hint="sign in to the tenant that the spec names, or mend `tenant.id`",
    )
