"""Charge calls with resource units and refuse those that the tenant's buckets cannot pay.

A bucket holds what its limit allows and refills evenly over its period: it never grants more than its content, so
within any span at most one content and what refilled meanwhile. A refused call takes nothing.
Pages: https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits and the section on its
reports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime

from msgspec import Struct

from reconciler.emulator.context import Operation
from reconciler.emulator.switches import RetryAfter, ThrottleClass

UNITS_PER_TEN_SECONDS = {ThrottleClass.S: 3500.0, ThrottleClass.M: 5000.0, ThrottleClass.L: 8000.0}
WRITES = 3000.0
WRITES_PERIOD = 150.0
REPORTS, REPORTS_PERIOD = 5.0, 10.0
"""Calls of reports that an application may make, whatever the size of the tenant, and in how many seconds."""
WARN_FROM = 0.8
MOST_SHOWN = 1.8
SMALL_PAGE = 20
INSTANT = 1e-6
"""Seconds that are none: who waited as long as told is not refused for a rounding error."""


class Bucket:
    """So much per period, refilled evenly; full at first."""

    def __init__(self, capacity: float, period: float, now: float) -> None:
        self.capacity = capacity
        self._rate = capacity / period
        self._level = capacity
        self._at = now

    def missing(self, amount: float, now: float) -> float:
        """Seconds until the bucket holds so much; 0 where it does."""
        self._refill(now)
        seconds = (min(amount, self.capacity) - self._level) / self._rate
        return seconds if seconds > INSTANT else 0.0

    def take(self, amount: float, now: float) -> None:
        """Take so much, of which nothing may be missing."""
        self._refill(now)
        self._level -= amount

    def used(self, now: float, more: float = 0.0) -> float:
        """The part of the capacity that is gone, or would be with so much more: 1.0 is all of it."""
        self._refill(now)
        return (self.capacity - self._level + more) / self.capacity

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._level = min(self.capacity, self._level + (now - self._at) * self._rate)
            self._at = now


class Verdict(Struct, frozen=True):
    """Whether a call was paid for. `wait` is how many seconds are left, 0 where it was; `used` the fuller bucket's."""

    units: int
    wait: float
    used: float
    information: str
    scope: str


class Throttle:
    """The buckets of one tenant, one pair per calling application."""

    def __init__(self, size: ThrottleClass, tenant: str) -> None:
        self.size = size
        self._tenant = tenant
        self._buckets: dict[str, tuple[Bucket, Bucket]] = {}
        self._reports: dict[str, Bucket] = {}

    def charge(self, app: str, units: int, *, writes: bool, now: float) -> Verdict:
        """Take what a call costs from the buckets of an application, or nothing where one of them lacks it."""
        limit = UNITS_PER_TEN_SECONDS.get(self.size)
        if limit is None:
            return Verdict(units, 0.0, 0.0, "", "")
        units_bucket, writes_bucket = self._buckets.setdefault(
            app, (Bucket(limit, 10.0, now), Bucket(WRITES, WRITES_PERIOD, now))
        )
        parts = (
            (units_bucket, float(units), "ResourceUnitLimitExceeded"),
            (writes_bucket, float(writes), "WriteLimitExceeded"),
        )
        waits = [(bucket.missing(amount, now), bucket.used(now, amount), why) for bucket, amount, why in parts]
        wait, used, why = max(waits)
        if wait == 0.0:
            for bucket, amount, _ in parts:
                bucket.take(amount, now)
            used, why = max(bucket.used(now) for bucket, _, _ in parts), ""
        kind = "Write" if writes else "ReadWrite"
        return Verdict(units, wait, used, why, f"Tenant_Application/{kind}/{app}/{self._tenant}")

    def charge_report(self, app: str, now: float) -> Verdict:
        """Take one call of a report from an application's bucket for them, which every tenant has."""
        bucket = self._reports.setdefault(app, Bucket(REPORTS, REPORTS_PERIOD, now))
        wait, used = bucket.missing(1.0, now), bucket.used(now, 1.0)
        if wait == 0.0:
            bucket.take(1.0, now)
        scope = f"Tenant_Application/Read/{app}/{self._tenant}"
        return Verdict(1, wait, used, "ReportLimitExceeded" if wait else "", scope)


def units_of(operation: Operation, query: Iterable[tuple[str, str]]) -> int:
    """What a call costs: its base, one less for `$select`, one more for `$expand`, one less for a small `$top`."""
    options = {name.lstrip("$"): value for name, value in query}
    units = operation.units
    units -= "select" in options
    units += "expand" in options
    units -= options.get("top", "").isdigit() and int(options["top"]) < SMALL_PAGE
    return max(1, units)


def verdict_headers(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The headers that tell what a call cost and how near the limit is."""
    headers = [("x-ms-resource-unit", str(verdict.units))]
    if verdict.used > WARN_FROM:
        headers.append(("x-ms-throttle-limit-percentage", f"{min(verdict.used, MOST_SHOWN):.2f}"))
    if verdict.wait:
        headers.append(("x-ms-throttle-scope", verdict.scope))
        headers.append(("x-ms-throttle-information", verdict.information))
    return tuple(headers)


def retry_after(form: RetryAfter, wait: float, now: datetime) -> tuple[tuple[str, str], ...]:
    """The Retry-After header in this form, never shorter than `wait` seconds; none for `absent`."""
    match form:
        case RetryAfter.ABSENT:
            return ()
        case RetryAfter.WHOLE:
            text = str(math.ceil(wait))
        case RetryAfter.FRACTIONAL:
            text = f"{math.ceil(wait * 1000) / 1000:.3f}"
        case RetryAfter.DATE:
            moment = now + timedelta(seconds=wait)
            whole = moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond > 0)
            text = format_datetime(whole, usegmt=True)
    return (("Retry-After", text),)
