"""Each service has one name, and a tenant's state is never found under another's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ledger.names import is_loopback, service_name
from reconciler.model.spec import Cloud

TENANT = "7F3C0000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("emulator", "emulator"),
        ("graph", "graph-usgov-7f3c0000-0000-4000-8000-000000000000"),
        ("https://graph.test:8443/beta", "graph.test-8443-7f3c0000-0000-4000-8000-000000000000"),
        ("https://Graph.Test/beta", "graph.test-7f3c0000-0000-4000-8000-000000000000"),
        ("http://127.0.0.1:5000", "127.0.0.1-7f3c0000-0000-4000-8000-000000000000"),
        ("http://localhost:5001/", "localhost-7f3c0000-0000-4000-8000-000000000000"),
        ("http://[::1]:5001", "_1-7f3c0000-0000-4000-8000-000000000000"),
        ("http://[2001:db8::1]:5001", "2001_db8_1-5001-7f3c0000-0000-4000-8000-000000000000"),
    ],
)
def test_a_service_is_named_by_what_does_not_change_between_runs(endpoint, name):
    assert service_name(endpoint, Cloud.US_GOVERNMENT, TENANT) == name


@given(st.text(), st.sampled_from(["graph", "http://127.0.0.1:1", "https://example.test"]))
def test_a_name_is_safe_as_a_folder_whatever_the_tenant_is_called(tenant, endpoint):
    name = service_name(endpoint, Cloud.GLOBAL, tenant)
    assert re.fullmatch(r"[a-z0-9._-]+", name)
    assert not name.startswith(".")
    assert not name.endswith(".")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("a.localhost", True), ("127.8.8.8", True), ("::1", True), ("10.0.0.1", False), ("x", False)],
)
def test_loopback_is_this_machine_and_no_other(host, loopback):
    assert is_loopback(host) is loopback
