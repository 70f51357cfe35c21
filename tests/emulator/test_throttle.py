"""Calls are charged as the pages say, and what a bucket cannot pay is refused until it can."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.emulator.switches import RetryAfter
from reconciler.emulator.throttle import Bucket, retry_after
from reconciler.emulator.tokens import NOBODY
from tests.emulator.conftest import PROVISIONING, Tenant, Tenants

SPENDS = st.lists(st.tuples(st.floats(0, 5), st.floats(0.5, 20)), max_size=60)


@given(SPENDS)
def test_a_bucket_never_grants_more_than_it_holds_and_what_came_in(spends: list[tuple[float, float]]) -> None:
    capacity, period = 30.0, 10.0
    bucket, now, granted = Bucket(capacity, period, 0.0), 0.0, []
    for pause, amount in spends:
        now += pause
        if bucket.missing(amount, now) == 0.0:
            bucket.take(amount, now)
            granted.append((now, amount))
    for begin, _ in granted:
        for end, _ in granted:
            span = sum(amount for at, amount in granted if begin <= at <= end)
            assert end < begin or span <= capacity + (end - begin) * capacity / period + 1e-6


@given(SPENDS, st.floats(0.5, 30))
def test_who_waits_as_long_as_told_is_paid(spends: list[tuple[float, float]], amount: float) -> None:
    bucket, now = Bucket(30.0, 10.0, 0.0), 0.0
    for pause, spend in spends:
        now += pause
        if bucket.missing(spend, now) == 0.0:
            bucket.take(spend, now)
    wait = bucket.missing(amount, now)
    assume(wait > 0)
    assert bucket.missing(amount, now + wait) == 0


@given(st.sampled_from(list(RetryAfter)), st.floats(0.001, 400), st.integers(0, 999_999))
def test_a_retry_after_is_never_shorter_than_what_is_left(form: RetryAfter, wait: float, microsecond: int) -> None:
    now = datetime(2026, 11, 24, 12, 0, 0, microsecond, tzinfo=UTC)
    header = dict(retry_after(form, wait, now))
    if form is RetryAfter.ABSENT:
        assert header == {}
    elif form is RetryAfter.DATE:
        assert parsedate_to_datetime(header["Retry-After"]) >= now + timedelta(seconds=wait)
    else:
        assert float(header["Retry-After"]) >= wait
        assert (form is RetryAfter.WHOLE) == header["Retry-After"].isdigit()


def spent(tenants: Tenants, **switches: object) -> Tenant:
    """A small tenant whose bucket lacks what one more call costs."""
    tenant = tenants(switches={"throttle": "S", "retryAfter": "whole", **switches})
    spend(tenant, 3500)
    return tenant


def spend(tenant: Tenant, units: int, *, writes: int = 0) -> None:
    """Take so many units, and so many writes, as other calls of nobody in particular would have."""
    now = tenant.clock.now().timestamp()
    for _ in range(writes):
        assert tenant.app.world.throttle.charge(NOBODY, 0, writes=True, now=now).wait == 0
    assert tenant.app.world.throttle.charge(NOBODY, units, writes=False, now=now).wait == 0


def test_a_call_that_cannot_be_paid_is_429_until_the_bucket_holds_it(tenants: Tenants) -> None:
    tenant = spent(tenants)
    got = tenant.get("/beta/applications")
    assert (got.status, got.code, got.headers["retry-after"]) == (429, "TooManyRequests", "1")
    assert got.body["error"]["innerError"]["status"] == "429"
    assert got.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert got.headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert 1.0 <= float(got.headers["x-ms-throttle-limit-percentage"]) <= 1.8
    tenant.advance(float(got.headers["retry-after"]))
    assert tenant.get("/beta/applications").status == 200


def test_a_batch_is_answered_and_its_items_are_refused_one_by_one(tenants: Tenants) -> None:
    tenant = spent(tenants)
    tenant.advance(0.009)
    items = [{"id": str(number), "method": "GET", "url": "/applications?$select=id"} for number in range(5)]
    got = tenant.post("/beta/$batch", {"requests": items})
    statuses = sorted(item["status"] for item in got.body["responses"])
    assert (got.status, statuses) == (200, [200, 200, 200, 429, 429])
    refused = next(item for item in got.body["responses"] if item["status"] == 429)
    assert refused["headers"]["Retry-After"] == "1"


def test_a_refused_call_has_no_effect(tenants: Tenants) -> None:
    tenant = spent(tenants)
    assert tenant.post(f"{PROVISIONING}/agentGroups", {"displayName": "x"}).status == 429
    tenant.advance(10)
    assert len(tenant.get(f"{PROVISIONING}/agentGroups").value) == 1


def test_writes_have_a_bucket_of_their_own(tenants: Tenants) -> None:
    tenant = tenants(switches={"throttle": "L"})
    group = f"{PROVISIONING}/agentGroups/{tenant.group()}"
    spend(tenant, 0, writes=2998)
    assert tenant.patch(group, {"displayName": "x"}).status == 204
    got = tenant.patch(group, {"displayName": "x"})
    assert (got.status, got.headers["x-ms-throttle-information"]) == (429, "WriteLimitExceeded")
    assert tenant.get(f"{PROVISIONING}/agents").status == 200


def test_each_application_has_buckets_of_its_own(tenants: Tenants) -> None:
    tenant = spent(tenants)
    token = "Bearer e30.eyJhcHBpZCI6Im90aGVyIn0.s"
    assert tenant.get("/beta/applications").status == 429
    assert tenant.get("/beta/applications", authorization=token).status == 200


def test_an_id_that_is_none_is_not_told_again_in_a_header(tenants: Tenants) -> None:
    tenant = spent(tenants)
    claims = base64.urlsafe_b64encode(json.dumps({"appid": "x\r\nSet-Cookie: y"}).encode()).decode().rstrip("=")
    assert tenant.get("/beta/applications", authorization=f"Bearer e30.{claims}.s").status == 429


@pytest.mark.parametrize(
    ("address", "units"),
    [
        ("/beta/users", "1"),
        ("/beta/applications", "2"),
        ("/beta/applications?$select=id", "1"),
        ("/beta/applications?$top=19", "1"),
        ("/beta/applications?$top=20", "2"),
        ("/beta/users?$select=id&$top=1", "1"),
        (f"{PROVISIONING}?$expand=agents", "2"),
    ],
)
def test_a_call_costs_what_the_pages_say(tenant: Tenant, address: str, units: str) -> None:
    assert tenant.get(address).headers["x-ms-resource-unit"] == units


def test_the_limit_is_announced_when_it_is_near(tenants: Tenants) -> None:
    tenant = tenants(switches={"throttle": "S"})
    spend(tenant, 2798)
    headers = [tenant.get("/beta/applications").headers for _ in range(2)]
    assert [each.get("x-ms-throttle-limit-percentage") for each in headers] == [None, "0.80"]


def test_the_default_form_of_retry_after_is_the_page_example_with_a_fraction(tenants: Tenants) -> None:
    tenant = spent(tenants, retryAfter="fractional")
    assert tenant.get("/beta/applications").headers["retry-after"] == "0.006"
