"""The sign-in service gives the tokens that clients ask for, and says no in the words that they show."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from reconciler.emulator.identities import COMMAND_LINE, IDENTITIES, SECRET, Profile
from reconciler.emulator.tokens import claims_of, jwt
from tests.emulator.conftest import BEGAN, PROVISIONING, Got, Tenant

TENANT = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
TOKEN = f"/{TENANT}/oauth2/v2.0/token"
APP = IDENTITIES[Profile.APP_ONLY].client_id
USER = IDENTITIES[Profile.DELEGATED].client_id
SCOPE = "https://graph.microsoft.com/.default"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def post(tenant: Tenant, address: str = TOKEN, **form: str) -> Got:
    kind = "application/x-www-form-urlencoded"
    return tenant.call("POST", address, raw=urlencode(form).encode(), content_type=kind)


def for_application(tenant: Tenant, **said: str) -> Got:
    form = {"client_id": APP, "client_secret": SECRET, "grant_type": "client_credentials", "scope": SCOPE}
    return post(tenant, **{name: value for name, value in (form | said).items() if value})


def test_the_configuration_names_every_endpoint(tenant: Tenant) -> None:
    got = tenant.get("/common/v2.0/.well-known/openid-configuration").body
    base = f"http://graph.test:8080/{TENANT}"
    assert got["issuer"] == f"{base}/v2.0"
    assert got["token_endpoint"] == f"{base}/oauth2/v2.0/token"
    assert got["device_authorization_endpoint"] == f"{base}/oauth2/v2.0/devicecode"
    assert got["authorization_endpoint"].startswith(base)


def test_an_application_gets_a_token_by_its_secret(tenant: Tenant) -> None:
    got = for_application(tenant)
    assert got.status == 200
    assert got.headers["cache-control"] == "no-store"
    assert (got.body["token_type"], got.body["expires_in"]) == ("Bearer", 3600)
    found = claims_of(got.body["access_token"])
    assert (found["tid"], found["appid"], found["idtyp"]) == (TENANT, APP, "app")
    assert found["aud"] == "https://graph.microsoft.com"
    assert found["exp"] == BEGAN.timestamp() + 3600
    assert "Synchronization.ReadWrite.All" in found["roles"]
    tenant.switch(auth="required")
    bearer = {"authorization": f"Bearer {got.body['access_token']}"}
    assert tenant.get("/beta/servicePrincipals", **bearer).status == 200
    assert tenant.get(f"{PROVISIONING}/agents", **bearer).status == 403


def test_an_assertion_stands_for_a_secret(tenant: Tenant) -> None:
    def with_assertion(claims: dict[str, object]) -> Got:
        return for_application(tenant, client_secret="", client_assertion=jwt(claims), client_assertion_type=ASSERTION)

    now = BEGAN.timestamp()
    assert with_assertion({"sub": "repo:contoso/x", "exp": now + 60}).status == 200
    assert number(with_assertion({"sub": "repo:contoso/x", "exp": now - 60})) == 700024
    assert number(with_assertion({"sub": "repo:contoso/x"})) == 50027


def number(got: Got) -> int:
    assert got.status in {400, 401}
    (found,) = got.body["error_codes"]
    assert got.body["error_description"].startswith(f"AADSTS{found}: ")
    return int(found)


@pytest.mark.parametrize(
    ("said", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": "stranger"}, 400, "unauthorized_client", 700016),
        ({"scope": "User.Read"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_what_is_refused_says_why(tenant: Tenant, said: dict[str, str], status: int, error: str, code: int) -> None:
    got = for_application(tenant, **said)
    assert (got.status, got.body["error"]) == (status, error)
    assert number(got) == code


def test_another_tenant_is_not_found(tenant: Tenant) -> None:
    assert number(post(tenant, "/another/oauth2/v2.0/token", client_id=APP)) == 90002


def test_a_person_signs_in_by_a_code_and_renews_the_token(tenant: Tenant) -> None:
    asked = post(tenant, f"/{TENANT}/oauth2/v2.0/devicecode", client_id=USER, scope=SCOPE).body
    assert tenant.get(asked["verification_uri"]).status == 200
    form = {"client_id": USER, "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    form |= {"device_code": asked["device_code"], "scope": SCOPE}
    waiting = post(tenant, **form)
    assert (waiting.status, waiting.body["error"]) == (400, "authorization_pending")
    got = post(tenant, **form).body
    assert claims_of(got["access_token"])["idtyp"] == "user"
    assert claims_of(got["id_token"])["tid"] == TENANT
    assert number(post(tenant, **form)) == 70020
    again = {"client_id": USER, "grant_type": "refresh_token", "scope": SCOPE}
    renewed = post(tenant, **again, refresh_token=got["refresh_token"])
    assert claims_of(renewed.body["access_token"])["scp"] == claims_of(got["access_token"])["scp"]
    assert number(post(tenant, **again, refresh_token="x")) == 9002313


def test_a_code_runs_out(tenant: Tenant) -> None:
    asked = post(tenant, f"/{TENANT}/oauth2/v2.0/devicecode", client_id=USER).body
    tenant.advance(901)
    form = {"client_id": USER, "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    assert number(post(tenant, **form, device_code=asked["device_code"])) == 70020


def test_a_person_who_names_no_application_signs_in_as_the_command_line(tenant: Tenant) -> None:
    asked = post(tenant, "/organizations/oauth2/v2.0/devicecode", client_id=COMMAND_LINE, scope=SCOPE)
    assert asked.status == 200


@pytest.mark.parametrize("address", ["/", "/favicon.ico", f"/{TENANT}/oauth2/v2.0/logout", "/common/v1.0/token"])
def test_what_is_no_address_of_it_is_none_of_graphs_either(tenant: Tenant, address: str) -> None:
    got = tenant.get(address)
    assert (got.status, got.code) == (400, "BadRequest")


def test_only_the_methods_that_there_are_answer(tenant: Tenant) -> None:
    assert tenant.get(TOKEN).status == 405


def test_metadata_says_that_everything_is_here(tenant: Tenant) -> None:
    got = tenant.get("/metadata/endpoints?api-version=2022-09-01").body
    assert got["microsoftGraphResourceId"] == got["authentication"]["loginEndpoint"] == "http://graph.test:8080"


def test_no_body_can_break_it(tenant: Tenant) -> None:
    for raw in (b"", b"\xff\xfe", b"=&=&", json.dumps({"client_id": APP}).encode()):
        assert tenant.call("POST", TOKEN, raw=raw).status in {400, 401}
