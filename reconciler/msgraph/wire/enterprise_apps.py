"""The enterprise applications of a tenant: the call that lists them, and what their templates say of agents.

Pages: learn.microsoft.com/graph/api/serviceprincipal-list and
learn.microsoft.com/graph/api/resources/synchronization-synchronizationtemplate (beta).
"""

from __future__ import annotations

import msgspec

from reconciler.model.fields import Surface
from reconciler.model.inventory import PrincipalRecord
from reconciler.msgraph.wire.decoding import Encoded, decode
from reconciler.msgraph.wire.links import below
from reconciler.msgraph.wire.request import Request

FIRST_PAGE = Request(
    "GET",
    "/servicePrincipals?$select=id,appId,displayName,servicePrincipalType,appOwnerOrganizationId&$top=999",
    Surface.APPS,
)
"""The call that lists every service principal, in the largest pages that there are."""

_SERVICES = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own services, of which every tenant holds hundreds; none of them is provisioned.

Page: learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in.
"""

_NEEDS_AGENT = frozenset(("issynchronizationagentrequired", "issynchronizationagentassignmentrequired"))


class _Principal(msgspec.Struct, rename="camel"):
    id: str
    app_id: str | None = None
    display_name: str | None = None
    service_principal_type: str | None = None
    app_owner_organization_id: str | None = None


class _Principals(msgspec.Struct):
    value: list[_Principal]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Metadata(msgspec.Struct):
    key: str | None = None
    value: str | None = None


class _Template(msgspec.Struct):
    metadata: list[_Metadata] | None = None


class _Templates(msgspec.Struct):
    value: list[_Template]


def enterprise_apps_in(base: str, body: Encoded) -> tuple[list[PrincipalRecord], Request | None]:
    """The applications of a page, and the call for the next page. Raises Malformed and ForeignLink.

    What is no application (a managed identity, say) and what is a service of Microsoft's is left out.
    """
    page = decode(body, _Principals)
    records = [
        PrincipalRecord(found.id, found.app_id or "", found.display_name or "")
        for found in page.value
        if (found.service_principal_type or "Application").lower() == "application"
        and (found.app_owner_organization_id or "").lower() != _SERVICES
    ]
    return records, Request("GET", below(base, page.more), Surface.APPS) if page.more else None


def needs_agent(body: Encoded) -> bool | None:
    """Whether any template of an application's works through an agent; None where it has none. Raises Malformed."""
    templates = decode(body, _Templates).value
    if not templates:
        return None
    return any(
        (entry.key or "").lower() in _NEEDS_AGENT and (entry.value or "").lower() == "true"
        for template in templates
        for entry in template.metadata or ()
    )
