"""The name of a service, under which its state is kept and never read for another."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from reconciler.model.spec import Cloud

_UNSAFE = re.compile(r"[^a-z0-9._-]+")


def service_name(endpoint: str, cloud: Cloud, tenant_id: str) -> str:
    """The service's name: `graph-<cloud>-<tenant id>`, `emulator`, or a URL's host and port with the tenant id.

    `endpoint` is `graph`, `emulator` or a URL. A loopback host stands without its port, which changes from one run of
    a served emulator to the next. The name is safe as a folder's name on every platform.
    """
    if endpoint == "emulator":
        return endpoint
    tenant = _safe(tenant_id)
    if endpoint == "graph":
        return f"graph-{cloud.value}-{tenant}"
    url = urlsplit(endpoint)
    host = url.hostname or ""
    port = "" if url.port is None or is_loopback(host) else f"-{url.port}"
    return f"{_safe(host)}{port}-{tenant}"


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text.lower()).strip(".") or "_"
