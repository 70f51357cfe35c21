"""The directory audit log, newest entries first.

Pages: https://learn.microsoft.com/graph/api/directoryaudit-list and
https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits
"""

from __future__ import annotations

from reconciler.emulator.context import Answer, Call, Context, Operation
from reconciler.emulator.directory import readable
from reconciler.emulator.listing import EntityType, Types
from reconciler.emulator.store import Kind

_AUDITS = Types(
    {
        "directoryAudit": EntityType(
            "auditLogs/directoryAudits",
            (
                "id",
                "category",
                "correlationId",
                "result",
                "resultReason",
                "activityDisplayName",
                "activityDateTime",
                "loggedByService",
                "operationType",
                "initiatedBy",
                "targetResources",
                "additionalDetails",
            ),
        )
    }
)


async def list_audits(context: Context, call: Call) -> Answer:
    """GET of what was changed."""
    entries = reversed(context.view.documents(Kind.AUDIT))
    return _AUDITS.collection("directoryAudit", context, call, entries)


async def get_audit(context: Context, call: Call) -> Answer:
    """GET of one entry."""
    return _AUDITS.one("directoryAudit", context, call, readable(context, Kind.AUDIT, call.keys["audit"]))


_ALL = "/auditLogs/directoryAudits"
_PAGES = "https://learn.microsoft.com/graph/api/directoryaudit-"

OPERATIONS = (
    Operation("GET", _ALL, list_audits, "list who changed what", f"{_PAGES}list", reports=True),
    Operation("GET", f"{_ALL}/{{audit}}", get_audit, "get one entry of the log", f"{_PAGES}get", reports=True),
)
