"""The audit log: pages up to what the service gives at once, only what a spec manages, and the name that people know."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.model.fields import Surface
from reconciler.model.trail import Entry, Touch, Trail
from reconciler.msgraph.audit_log import MOST_PAGES, AuditLog

LIST = "GET /auditLogs/directoryAudits"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def audit(by: object = None, name: str = "Update Connector Group", **members: object) -> dict[str, object]:
    return {"activityDateTime": "2026-11-24T12:00:00Z", "activityDisplayName": name, "initiatedBy": by, **members}


def read(client: Any) -> Trail:
    return asyncio.run(AuditLog(client().discovery.chain, Surface.APPS).trail())


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ({"user": {"id": "1", "userPrincipalName": "ada@contoso.com", "displayName": "Ada"}}, "ada@contoso.com"),
        ({"user": {"id": "1", "displayName": "Ada"}}, "Ada"),
        ({"user": None, "app": {"displayName": "Pipeline", "appId": "2"}}, "Pipeline"),
        ({"app": {"appId": "2"}}, "2"),
        (None, ""),
    ],
)
def test_who_did_it_is_what_people_know_them_by(table: Any, client: Any, by: object, who: str) -> None:
    table.answers[LIST] = {"value": [audit(by)]}
    (entry,) = read(client).entries
    assert entry.who == who


def test_ids_and_properties_are_read_and_what_no_spec_manages_or_failed_is_left_out(table: Any, client: Any) -> None:
    targets = [
        {"id": "ABC", "modifiedProperties": [{"displayName": "DisplayName"}, {"displayName": None}]},
        {"id": None, "modifiedProperties": None},
    ]
    table.answers[LIST] = {
        "value": [
            audit(targetResources=targets),
            audit(name="Add user"),
            audit(result="failure"),
            audit(name="update attribute mappings or SCOPE", result="success"),
        ]
    }
    assert read(client) == Trail(
        (
            Entry(AT, "", Touch.GROUP, frozenset({"abc"}), frozenset({"displayname", ""})),
            Entry(AT, "", Touch.MAPPINGS, frozenset()),
        )
    )


def test_pages_are_followed_up_to_what_the_service_gives_at_once(table: Any, client: Any) -> None:
    base = client().discovery.chain.base
    endless = {"value": [audit()], "@odata.nextLink": f"{base}/auditLogs/directoryAudits?$skiptoken=2"}
    table.answers[LIST] = endless
    trail = read(client)
    assert len(trail.entries) == MOST_PAGES
    assert trail.gap == "the log is longer than its 5 newest pages"
    table.answers[LIST] = [endless, {"value": [audit()]}]
    trail = read(client)
    assert (len(trail.entries), trail.gap) == (2, "")


@pytest.mark.parametrize(
    ("answer", "gap"),
    [
        ((403, {}), "the service answered 403; it needs AuditLog.Read.All"),
        ((400, {}), "the service answered 400"),
        ({"value": [{}]}, "an answer has a wrong shape"),
        ({"value": [audit(activityDateTime="2026-11-24T12:00:00")]}, "a time without a zone"),
        ({"value": [], "@odata.nextLink": "https://elsewhere/beta/x"}, "leaves the endpoint"),
    ],
)
def test_what_could_not_be_read_is_told_and_nothing_is_raised(
    table: Any, client: Any, answer: object, gap: str
) -> None:
    table.answers[LIST] = answer
    trail = read(client)
    assert trail.entries == ()
    assert gap in trail.gap
