"""How bytes reach an endpoint: one TLS context per process, the user's proxy, and never a proxy to loopback."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from reconciler.msgraph.transport.lean import httpx
from reconciler.msgraph.transport.send import MOST_IN_FLIGHT


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The context that trusts what the system trusts. Made once, when first needed: that takes tens of milliseconds."""
    import truststore  # noqa: PLC0415 - plain http and the embedded emulator never need it

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _no_tls() -> ssl.SSLContext:
    """The context of plain HTTP, which trusts nobody: httpx would make one for each client, used or not."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy that the environment names for a URL, or None; NO_PROXY holds host names, suffixes, or `*`."""
    split = urlsplit(url)
    proxy = _variable(environment, f"{split.scheme}_proxy") or _variable(environment, "all_proxy")
    if not proxy or is_loopback(url):
        return None
    host = (split.hostname or "").lower()
    excluded = [entry.strip().lower().lstrip(".") for entry in _variable(environment, "no_proxy").split(",")]
    if any(entry in {"*", host} or host.endswith(f".{entry}") for entry in excluded if entry):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def network_transport(url: str, environment: Mapping[str, str]) -> httpx.AsyncHTTPTransport:
    """The transport to an endpoint: HTTP/1.1, as many connections as calls may be under way."""
    is_tls = urlsplit(url).scheme == "https"
    proxy = proxy_for(url, environment)
    limits = httpx.Limits(max_connections=MOST_IN_FLIGHT, max_keepalive_connections=MOST_IN_FLIGHT)
    return httpx.AsyncHTTPTransport(
        verify=tls_context() if is_tls else _no_tls(),
        limits=limits,
        proxy=None if proxy is None else _proxy(proxy),
    )


def _proxy(url: str) -> httpx.Proxy:
    return httpx.Proxy(url, ssl_context=tls_context() if url.startswith("https") else None)


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name.upper()) or environment.get(name) or ""
