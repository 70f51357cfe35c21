"""Every call of ours has the permission that its page names, and a refusal says so, one finding for each permission."""

from __future__ import annotations

import pytest

from reconciler.msgraph.transport.answer import Fault, Trouble, finding_of, one_per_cause
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire import permissions as known
from reconciler.msgraph.wire.permissions import capability_of
from reconciler.msgraph.wire.topology import FIRST_PAGES


@pytest.mark.parametrize(
    ("method", "path", "capability"),
    [
        *(("GET", page.request.path, known.READ_TOPOLOGY) for page in FIRST_PAGES),
        ("POST", paths.AGENT_GROUPS, known.CREATE_GROUPS),
        ("PATCH", paths.agent_group("g"), known.CHANGE_GROUPS),
        ("DELETE", paths.agent_group("g"), known.CHANGE_GROUPS),
        ("POST", paths.agent_memberships("a"), known.CHANGE_GROUPS),
        ("DELETE", paths.agent_membership("a", "g"), known.CHANGE_GROUPS),
        ("POST", paths.PUBLISHED_RESOURCES, known.WRITE_RESOURCES),
        ("PATCH", paths.published_resource("r"), known.WRITE_RESOURCES),
        ("POST", paths.assignments("r"), known.WRITE_RESOURCES),
        ("DELETE", paths.assignment("r", "g"), known.WRITE_RESOURCES),
        ("PATCH", paths.UPDATER, known.WRITE_UPDATER),
        ("GET", paths.principals("displayName", ["HR"]), known.READ_PRINCIPALS),
        ("GET", paths.principal("p"), known.READ_PRINCIPALS),
        ("GET", paths.jobs("p"), known.READ_JOBS),
        ("GET", paths.templates("p"), known.READ_JOBS),
        ("GET", paths.template_schema("p", "t"), known.READ_JOBS),
        ("POST", paths.jobs("p"), known.WRITE_JOBS),
        ("POST", paths.job_action("p", "j", "start"), known.WRITE_JOBS),
        ("GET", paths.schema("p", "j"), known.READ_SCHEMAS),
        ("PUT", paths.schema("p", "j"), known.WRITE_SCHEMAS),
        ("GET", paths.connection("p"), known.READ_CONNECTION),
        ("PUT", paths.connection("p"), known.WRITE_CONNECTION),
        ("GET", "/auditLogs/directoryAudits?$top=1", known.READ_AUDIT),
        ("POST", "/$batch", None),
    ],
)
def test_each_call_belongs_to_what_needs_its_permission(method, path, capability):
    assert capability_of(method, path) is capability


def refused(method, path, status=403, code="Authorization_RequestDenied"):
    return Fault(method, path, Trouble.STATUS, "Insufficient privileges.", status, code)


def test_a_refusal_says_which_permission_the_call_needs():
    hint = finding_of(refused("PUT", paths.connection("p"))).hint
    assert hint.startswith("this call needs Synchronization.ReadWrite.All (delegated, and the role ")
    assert "one of Synchronization.ReadWrite.All, Application.ReadWrite.OwnedBy (application)" in hint
    assert hint.endswith("`reconciler doctor` tells what still works")
    odd = finding_of(refused("GET", paths.jobs("p"), 401, "UnknownError")).hint
    assert "Synchronization.Read.All" in odd
    assert "that the identity lacks" in finding_of(refused("GET", "/elsewhere")).hint
    assert "sign in again" in finding_of(refused("GET", paths.jobs("p"), 401, "InvalidAuthenticationToken")).hint


def test_calls_that_lack_different_permissions_are_told_apart():
    faults = [refused("GET", paths.jobs(name)) for name in "abc"]
    faults += [
        refused("GET", paths.connection("a")),
        refused("GET", paths.jobs("a"), 401, "InvalidAuthenticationToken"),
    ]
    found = one_per_cause(faults)
    assert ["(2 more calls" in each.message for each in found] == [True, False, False]
