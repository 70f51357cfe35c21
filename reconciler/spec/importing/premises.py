"""Whether a tenant URL leads into the company's own network, as far as the URL tells."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_CONNECTOR_HOST = re.compile(r"/ecma2host_[^/]+/scim/?")
_PRIVATE_ENDS = (".local", ".localdomain", ".internal", ".intranet", ".corp", ".lan", ".home.arpa")


def is_on_premises(url: str) -> bool:
    """Whether only an agent can reach this URL: a connector host's, a private address, a name without public DNS."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if _CONNECTOR_HOST.fullmatch(parts.path):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_PRIVATE_ENDS))
