"""Tokens go only where they may, say whose they are, and are never printed."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json

import pytest

from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.spec import Cloud
from reconciler.msgraph.auth import FixedToken, NoToken, check_tenant, credential_for, tenant_of
from reconciler.msgraph.clouds import CLOUDS, base_of
from reconciler.msgraph.transport.network import is_loopback, proxy_for, tls_context

TENANT = "7F3C0000-0000-4000-8000-000000000000"


def token(claims: object) -> SecretText:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return SecretText(f"h.{middle}.s")


def given(endpoint: str, environment: dict[str, str]) -> object:
    credential = credential_for(endpoint, TENANT, Cloud.GLOBAL, environment, print)
    assert isinstance(credential, FixedToken)
    return asyncio.run(credential.token(Surface.APPS))


def test_a_url_uses_the_token_of_the_environment():
    assert given("https://host", {"RECONCILER_TOKEN": "t"}) == SecretText("t")
    assert given("http://127.0.0.1:1", {"RECONCILER_TOKEN": "t"}) == SecretText("t")
    assert given("http://localhost:1", {}) is None
    assert given("emulator", {"RECONCILER_TOKEN": "t"}) is None


def test_a_token_does_not_travel_in_the_clear():
    with pytest.raises(NoToken, match="in the clear"):
        given("http://host.example", {"RECONCILER_TOKEN": "t"})


@pytest.mark.skipif(importlib.util.find_spec("azure") is not None, reason="azure-identity is installed")
def test_graph_without_azure_identity_says_what_to_install():
    with pytest.raises(NoToken) as caught:
        credential_for("graph", TENANT, Cloud.GLOBAL, {}, print)
    assert "entra-reconciler[azure]" in caught.value.hint


def test_a_token_of_the_tenant_passes_and_any_other_does_not():
    assert check_tenant(token({"tid": TENANT.lower()}), TENANT) is None
    other = check_tenant(token({"tid": "else"}), TENANT)
    assert (other.rule, other.found, other.expected) == ("EPR433", "else", TENANT)
    for unreadable in (None, SecretText("opaque"), SecretText("a.b.c"), token([]), token({"tid": 3}), token({})):
        assert check_tenant(unreadable, TENANT) is not None


def test_a_tenant_is_read_whatever_the_padding():
    for length in range(4):
        assert tenant_of(token({"tid": "t", "x": "y" * length})) == "t"


def test_every_cloud_has_its_hosts():
    assert set(CLOUDS) == set(Cloud)
    assert base_of("graph", Cloud.CHINA) == "https://microsoftgraph.chinacloudapi.cn/beta"
    assert base_of("http://127.0.0.1:80/", Cloud.GLOBAL) == "http://127.0.0.1:80/beta"
    assert base_of("https://host/v1.0", Cloud.GLOBAL) == "https://host/v1.0"


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("https://host", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://host", {"https_proxy": "p:1"}, "http://p:1"),
        ("https://host", {"HTTP_PROXY": "http://p:1"}, None),
        ("https://host", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("https://sub.host", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "x, .host"}, None),
        ("https://ghost", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "host"}, "http://p:1"),
        ("https://host", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ("http://127.0.0.1:1", {"HTTP_PROXY": "http://p:1"}, None),
        ("https://localhost", {"HTTPS_PROXY": "http://p:1"}, None),
        ("http://[::1]:1", {"ALL_PROXY": "http://p:1"}, None),
    ],
)
def test_a_proxy_is_used_where_the_environment_says_so_and_never_to_this_machine(url, environment, proxy):
    assert proxy_for(url, environment) == proxy


def test_loopback_is_no_name_that_only_looks_like_it():
    assert not is_loopback("http://127.0.0.1.evil.example")
    assert not is_loopback("http://localhost.evil.example")


def test_one_tls_context_serves_the_process():
    assert tls_context() is tls_context()
