"""Tokens go only where they may, say whose they are, and are never printed."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.spec import Cloud, SignIn, Tenant, Way
from reconciler.msgraph.auth import FixedToken, NoToken
from reconciler.msgraph.clouds import CLOUDS, base_of
from reconciler.msgraph.sign_in import credential_for
from reconciler.msgraph.token_tenant import check_tenant, tenant_of
from reconciler.msgraph.transport.network import is_loopback, proxy_for, tls_context

TENANT = "7F3C0000-0000-4000-8000-000000000000"


def token(claims: object) -> SecretText:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return SecretText(f"h.{middle}.s")


def given(endpoint: str, environment: dict[str, str]) -> object:
    credential = credential_for(Tenant("contoso", TENANT, endpoint), environment, print)
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


def on_graph(**parts):
    return Tenant("contoso", TENANT, "graph", **parts)


def test_graph_without_azure_identity_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(NoToken) as caught:
        credential_for(on_graph(), {}, print)
    assert "entra-reconciler[azure]" in caught.value.hint


@pytest.fixture
def identity(monkeypatch):
    """The package, with a get_token that answers who was asked for what, and no way to the network."""
    package = pytest.importorskip("azure.identity")
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    asked = []

    def get_token(credential, *scopes, tenant_id):
        asked.append((credential, scopes, tenant_id))
        return SimpleNamespace(token="t")

    for kind in (package.DefaultAzureCredential, package.DeviceCodeCredential):
        monkeypatch.setattr(kind, "get_token", get_token)
    return asked


def asked_by(tenant, *surfaces):
    credential = credential_for(tenant, {}, print)

    async def tokens():
        return [await credential.token(surface) for surface in surfaces]

    assert asyncio.run(tokens()) == [SecretText("t")] * len(surfaces)


def ways_in(credential):
    return [type(each).__name__ for each in credential.credentials]


def test_each_surface_signs_in_as_the_spec_says(identity, monkeypatch):
    monkeypatch.setenv("AZURE_CLIENT_ID", "c2")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "token")
    by_person = SignIn(Way.DEVICE_CODE, "c1")
    asked_by(on_graph(sign_ins={Surface.TOPOLOGY: by_person}), Surface.TOPOLOGY, Surface.APPS, Surface.TOPOLOGY)
    (person, *_), (machine, *_), (again, *_) = identity
    assert person is again
    assert type(person).__name__ == "DeviceCodeCredential"
    assert person._client_id == "c1"
    assert type(machine).__name__ == "DefaultAzureCredential"
    assert ways_in(machine)[:3] == ["EnvironmentCredential", "WorkloadIdentityCredential", "ManagedIdentityCredential"]
    assert "InteractiveBrowserCredential" not in ways_in(machine)


@pytest.mark.parametrize("cloud", Cloud)
@pytest.mark.parametrize("way", Way)
def test_a_token_is_asked_of_the_cloud_and_the_tenant_of_the_spec(cloud, way, identity, monkeypatch):
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AZURE_TENANT_ID", "another")
    asked_by(on_graph(cloud=cloud, sign_ins={Surface.APPS: SignIn(way)}), Surface.APPS)
    ((credential, scopes, tenant_id),) = identity
    assert scopes == (f"https://{CLOUDS[cloud].graph}/.default",)
    assert tenant_id == TENANT
    made = credential if way is Way.DEVICE_CODE else credential.credentials[0]._credential
    assert made._authority == f"https://{CLOUDS[cloud].authority}"
    if way is Way.DEFAULT:
        assert made._additionally_allowed_tenants == [TENANT]


def test_a_client_id_names_the_identity_of_the_machine(identity, monkeypatch):
    monkeypatch.setenv("AZURE_CLIENT_ID", "of-the-environment")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "token")
    asked_by(on_graph(sign_ins={Surface.APPS: SignIn(Way.DEFAULT, "of-the-spec")}), Surface.APPS)
    _, workload, managed, *_ = identity[0][0].credentials
    assert workload._client._client_id == "of-the-spec"
    assert workload._client._tenant_id == TENANT
    assert managed._credential._settings["client_id"] == "of-the-spec"


def refused(tenant, environment):
    credential = credential_for(tenant, environment, print)
    with pytest.raises(NoToken) as caught:
        asyncio.run(credential.token(Surface.APPS))
    return caught.value


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"AZURE_CLIENT_SECRET": "s", "AZURE_CLIENT_ID": "c"}, "AZURE_CLIENT_SECRET is set without AZURE_TENANT_ID"),
        ({"AZURE_CLIENT_CERTIFICATE_PATH": "p"}, "is set without AZURE_TENANT_ID, AZURE_CLIENT_ID"),
        ({"AZURE_FEDERATED_TOKEN_FILE": "f"}, "is set without AZURE_CLIENT_ID"),
        ({"AZURE_USERNAME": "u", "AZURE_CLIENT_ID": "c"}, "AZURE_USERNAME is set without AZURE_PASSWORD"),
        ({}, "nothing here"),
    ],
)
def test_a_variable_that_is_missing_is_named(identity, monkeypatch, environment, why):
    def get_token(*_, **__):
        raise ValueError("nothing here\nAttempted credentials: many")

    monkeypatch.setattr(importlib.import_module("azure.identity").DefaultAzureCredential, "get_token", get_token)
    error = refused(on_graph(), environment)
    assert error.message == f"signing in for apps by `default` failed: {error.message.partition('failed: ')[2]}"
    assert error.message.endswith(why)
    assert f"az login --tenant {TENANT}" in error.hint


def test_the_answer_of_the_service_tells_why_a_sign_in_failed(identity, monkeypatch):
    def get_token(*_, **__):
        raise ValueError("it failed\n  tried: AADSTS700016: no such application\nTrace: 1")

    monkeypatch.setattr(importlib.import_module("azure.identity").DeviceCodeCredential, "get_token", get_token)
    error = refused(on_graph(sign_ins={Surface.APPS: SignIn(Way.DEVICE_CODE)}), {"AZURE_CLIENT_SECRET": "s"})
    assert error.message.endswith("failed: tried: AADSTS700016: no such application")


def test_a_credential_that_cannot_be_made_is_no_token(identity, monkeypatch):
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "no-such-way")
    assert "AZURE_TOKEN_CREDENTIALS" in refused(on_graph(), {}).message


def test_a_person_is_told_where_to_sign_in(identity):
    lines = []
    credential = credential_for(on_graph(sign_ins={Surface.APPS: SignIn(Way.DEVICE_CODE)}), {}, lines.append)
    asyncio.run(credential.token(Surface.APPS))
    identity[0][0]._prompt_callback("https://login.example", "ABC", datetime(2026, 8, 1, 12, 5, tzinfo=UTC))
    assert lines == ["To sign in, open https://login.example and enter the code ABC before 12:05 UTC."]


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
