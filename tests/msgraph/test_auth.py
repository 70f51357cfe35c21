"""Tokens go only where they may, say whose they are, and are never printed."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler.errors import UsageError
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


@pytest.mark.parametrize("around", ["t\n", "t\r\n", " t "])
def test_the_line_end_of_the_file_that_a_token_came_from_is_none_of_it(around):
    assert given("https://host", {"RECONCILER_TOKEN": around}) == SecretText("t")


@pytest.mark.parametrize("odd", ["s3cr\net", "s3cr et", "s3cr\x00et", "s3crét"])
def test_what_no_token_can_be_is_refused_before_a_call_and_not_shown(odd):
    with pytest.raises(UsageError, match="RECONCILER_TOKEN holds what no token holds") as refusal:
        given("https://host", {"RECONCILER_TOKEN": odd})
    assert "s3cr" not in f"{refusal.value} {refusal.value.hint}"


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


KINDS = {
    Way.DEFAULT: "DefaultAzureCredential",
    Way.WORKLOAD_IDENTITY: "WorkloadIdentityCredential",
    Way.CLIENT_SECRET: "ClientSecretCredential",
    Way.CLIENT_CERTIFICATE: "CertificateCredential",
    Way.DEVICE_CODE: "DeviceCodeCredential",
}


def identity_file(folder):
    """A file with a key and the certificate of an application."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ci")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(key, SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "identity.pem"
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return str(path)


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

    for kind in KINDS.values():
        monkeypatch.setattr(getattr(package, kind), "get_token", get_token)
    return asked


def asked_by(tenant, *surfaces, environment=os.environ):
    credential = credential_for(tenant, environment, print)

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
def test_a_token_is_asked_of_the_cloud_and_the_tenant_of_the_spec(cloud, way, identity, monkeypatch, tmp_path):
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AZURE_TENANT_ID", "another")
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", identity_file(tmp_path))
    asked_by(on_graph(cloud=cloud, sign_ins={Surface.APPS: SignIn(way)}), Surface.APPS)
    ((credential, scopes, tenant_id),) = identity
    assert type(credential).__name__ == KINDS[way]
    assert scopes == (f"https://{CLOUDS[cloud].graph}/.default",)
    assert tenant_id == TENANT
    inside = {Way.DEFAULT: "credentials", Way.WORKLOAD_IDENTITY: "_client"}
    made = getattr(credential, inside[way]) if way in inside else credential
    made = made[0]._credential if way is Way.DEFAULT else made
    assert made._authority == f"https://{CLOUDS[cloud].authority}"
    if way is Way.DEFAULT:
        assert made._additionally_allowed_tenants == [TENANT]


@pytest.mark.parametrize(
    ("way", "environment", "why"),
    [
        (Way.WORKLOAD_IDENTITY, {"AZURE_CLIENT_ID": "c"}, "AZURE_FEDERATED_TOKEN_FILE is not set"),
        (Way.CLIENT_SECRET, {"AZURE_CLIENT_SECRET": "s"}, "AZURE_CLIENT_ID is not set"),
        (Way.CLIENT_SECRET, {"AZURE_CLIENT_ID": "c"}, "AZURE_CLIENT_SECRET is not set"),
        (Way.CLIENT_CERTIFICATE, {"AZURE_CLIENT_ID": "c"}, "AZURE_CLIENT_CERTIFICATE_PATH is not set"),
    ],
)
def test_a_way_that_is_named_says_what_it_lacks(identity, way, environment, why):
    error = refused(on_graph(sign_ins={Surface.APPS: SignIn(way)}), environment)
    assert error.message == f"signing in for apps by `{way.value}` failed: {why}"
    assert "AZURE_" in error.hint


def test_a_client_id_names_the_identity_of_the_machine(identity, monkeypatch):
    monkeypatch.setenv("AZURE_CLIENT_ID", "of-the-environment")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "token")
    asked_by(on_graph(sign_ins={Surface.APPS: SignIn(Way.DEFAULT, "of-the-spec")}), Surface.APPS)
    _, workload, managed, *_ = identity[0][0].credentials
    assert workload._client._client_id == "of-the-spec"
    assert workload._client._tenant_id == TENANT
    assert managed._credential._settings["client_id"] == "of-the-spec"


def test_an_endpoint_signs_in_where_it_stands_itself_and_nowhere_else(identity):
    at_home = {"AZURE_AUTHORITY_HOST": "https://127.0.0.1:8443/", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"}
    ways = {Surface.APPS: SignIn(Way.CLIENT_SECRET)}
    asked_by(Tenant("contoso", TENANT, "https://127.0.0.1:8443", sign_ins=ways), Surface.APPS, environment=at_home)
    ((credential, scopes, _),) = identity
    assert scopes == ("https://127.0.0.1:8443/.default",)
    assert credential._authority == "https://127.0.0.1:8443"
    for endpoint in ("https://127.0.0.1:9443", "https://evil.example", "http://127.0.0.1:8443"):
        made = credential_for(Tenant("contoso", TENANT, endpoint, sign_ins=ways), at_home, print)
        assert made == FixedToken()
    given = {**at_home, "RECONCILER_TOKEN": "t"}
    made = credential_for(Tenant("contoso", TENANT, "https://127.0.0.1:8443"), given, print)
    assert made == FixedToken(SecretText("t"))


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
    assert lines[-1] == "To sign in, open https://login.example and enter the code ABC before 12:05 UTC."


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
