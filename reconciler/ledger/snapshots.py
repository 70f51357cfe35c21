"""The names of snapshots: whose schema, before which moment, and which content."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from reconciler.model.address import Address

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def snapshot_name(app: Address, moment: datetime, content: bytes) -> str:
    """A name under which an app's snapshots sort by time; two contents never share one."""
    stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{_UNSAFE.sub('_', app.key)}.{stamp}.{hashlib.sha256(content).hexdigest()[:16]}.json"
