"""Credentials over their calls: sealed at rest, masked on reading, and what saving them does to jobs."""

import base64
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from reconciler.emulator.ports import SeededIds
from reconciler.emulator.store import TRUTH, Kind, Store
from reconciler.emulator.switches import SecretsPut, SecretsStar
from reconciler.emulator.synchronization.sealing import Seal
from tests.emulator.synchronization.conftest import Service

TOKEN = "geheim-as-can-be-1234"
SETTINGS = [
    {"key": "BaseAddress", "value": "https://crm.contoso.local/scim"},
    {"key": "SecretToken", "value": TOKEN},
    {"key": "SyncNotificationSettings", "value": '{"Enabled":true}'},
    {"key": "SyncAll", "value": "False"},
]


def secrets(principal: str) -> str:
    return f"/servicePrincipals/{principal}/synchronization/secrets"


def read(service: Service, principal: str) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in service.get(secrets(principal)).body["value"]}


def test_secrets_read_back_masked_and_settings_in_clear_in_the_order_sent(service: Service) -> None:
    principal = service.principal()
    assert service.put(secrets(principal), {"value": SETTINGS}).status == 204
    shown = service.get(secrets(principal)).body["value"]
    assert shown == [{**entry, "value": "*"} if entry["key"] == "SecretToken" else entry for entry in SETTINGS]
    assert service.get(f"{secrets(principal)}/$count").body == 4
    assert service.get(f"{secrets(principal)}/$count").content_type == "text/plain"


def test_a_principal_without_credentials_has_an_empty_list(service: Service) -> None:
    assert service.get(secrets(service.principal())).body["value"] == []


def test_no_secret_stands_in_the_database(tmp_path: Path) -> None:
    path = tmp_path / "emulator.db"
    service = Service(store=Store(path))
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"crm.contoso.local" in kept
    assert TOKEN.encode() not in kept
    assert base64.b64encode(TOKEN.encode()) not in kept
    service.store.close()
    again = Service(store=Store(path), ids=SeededIds(8))
    saved = {"useSavedCredentials": True}
    assert again.post(f"/servicePrincipals/{principal}/synchronization/jobs/validateCredentials", saved).status == 204
    again.store.close()


def test_a_sealed_value_opens_at_its_own_place_only() -> None:
    seal = Seal(bytes(32), SeededIds(1))
    sealed = seal.close(TOKEN, "principal/SecretToken")
    assert seal.open(sealed, "principal/SecretToken") == TOKEN
    assert seal.close(TOKEN, "principal/SecretToken") != sealed
    with pytest.raises(InvalidTag):
        seal.open(sealed, "other/SecretToken")
    with pytest.raises(InvalidTag):
        Seal(bytes([1] * 32), SeededIds(1)).open(sealed, "principal/SecretToken")


def test_replacing_drops_what_is_not_sent_and_merging_keeps_it(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    service.switch(secrets_put=SecretsPut.MERGE)
    service.put(secrets(principal), {"value": [{"key": "SyncAll", "value": "True"}]})
    assert list(read(service, principal)) == [entry["key"] for entry in SETTINGS]
    service.switch(secrets_put=SecretsPut.REPLACE)
    service.put(secrets(principal), {"value": [{"key": "SyncAll", "value": "True"}]})
    assert read(service, principal) == {"SyncAll": "True"}


def test_a_mask_sent_back_keeps_the_token_or_destroys_it_as_the_switch_says(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    masked = [{**entry, "value": "*"} if entry["key"] == "SecretToken" else entry for entry in SETTINGS]
    validate = f"/servicePrincipals/{principal}/synchronization/jobs/validateCredentials"
    service.switch(secrets_star=SecretsStar.KEEP)
    service.put(secrets(principal), {"value": masked})
    assert service.post(validate, {"useSavedCredentials": True}).status == 204
    service.switch(secrets_star=SecretsStar.WRITE)
    service.put(secrets(principal), {"value": masked})
    assert read(service, principal)["SecretToken"] == "*"
    assert service.post(validate, {"useSavedCredentials": True}).status == 400


def test_empty_values_remove_their_keys(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    service.put(secrets(principal), {"value": [{"key": entry["key"], "value": ""} for entry in SETTINGS]})
    assert read(service, principal) == {}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"value": None},
        {"value": {}},
        {"credentials": SETTINGS},
        {"value": [{"key": "secretToken", "value": TOKEN}]},
        {"value": [{"key": "SecretToken", "value": [TOKEN]}]},
    ],
)
def test_a_list_that_is_none_is_refused_and_shows_no_secret(service: Service, body: object) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    refused = service.put(secrets(principal), body)
    assert (refused.status, refused.code) == (400, "RequestParameterInvalid")
    assert TOKEN not in str(refused.body)
    assert len(read(service, principal)) == 4


def test_a_change_of_scope_begins_an_initial_cycle_and_another_setting_does_not(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    job = service.job(principal)
    service.post(f"{job}/start")
    service.put(secrets(principal), {"value": [*SETTINGS, {"key": "SkipOutOfScopeDeletions", "value": "True"}]})
    assert service.cycles(job) == 1
    service.put(secrets(principal), {"value": [*SETTINGS[:3], {"key": "SyncAll", "value": "True"}]})
    assert service.cycles(job) == 2


@pytest.mark.parametrize("left", [[], [{"key": "SyncAgentCompatibilityKey", "value": "*"}]])
def test_a_running_job_whose_list_loses_the_key_of_its_agents_goes_into_quarantine(
    service: Service, left: list[dict[str, str]]
) -> None:
    principal = service.principal()
    key = {"key": "SyncAgentCompatibilityKey", "value": "of-the-agents"}
    service.put(secrets(principal), {"value": [*SETTINGS, key]})
    job = service.job(principal)
    service.post(f"{job}/start")
    service.put(secrets(principal), {"value": [*SETTINGS, key, {"key": "SkipOutOfScopeDeletions", "value": "True"}]})
    assert service.get(job).body["status"]["code"] == "Active"
    service.put(secrets(principal), {"value": [*SETTINGS, *left]})
    assert service.get(job).body["status"]["code"] == "Quarantine"


def test_a_running_job_that_loses_its_tenant_url_goes_into_quarantine(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    job = service.job(principal)
    service.post(f"{job}/start")
    service.put(secrets(principal), {"value": SETTINGS[1:]})
    assert service.get(job).body["status"]["code"] == "Quarantine"
    assert service.get(job).body["schedule"]["state"] == "Active"


def test_credentials_are_tried_out_with_and_without_a_job(service: Service) -> None:
    principal = service.principal()
    job = service.job(principal)
    alone = f"/servicePrincipals/{principal}/synchronization/jobs/validateCredentials"
    for url in (alone, f"{job}/validateCredentials"):
        assert service.post(url, {"credentials": SETTINGS}).status == 204
        refused = service.post(url, {"credentials": SETTINGS[1:]})
        assert (refused.status, refused.code) == (400, "SystemForCrossDomainIdentityManagementInvalidCredentials")
        assert service.post(url, {"useSavedCredentials": True}).status == 400
        assert service.post(url, {}).status == 400
    assert service.post(alone, {"credentials": SETTINGS, "templateId": "onPremisesScim"}).status == 204
    assert service.post(alone, {"credentials": SETTINGS, "templateId": "scim"}).status == 400


def test_a_grant_takes_credentials_and_gives_nothing(service: Service) -> None:
    url = f"/servicePrincipals/{service.principal()}/synchronization/acquireAccessToken"
    sent = {"credentials": [{"@odata.type": "microsoft.graph.synchronizationSecretKeyStringValuePair"}]}
    assert service.post(url, sent).status == 204
    assert service.post(url, {}).status == 400


def test_a_write_is_read_when_it_becomes_visible_and_builds_on_the_truth(service: Service) -> None:
    principal = service.principal()
    service.put(secrets(principal), {"value": SETTINGS})
    service.switch(visibility_seconds=10.0, secrets_put=SecretsPut.MERGE)
    service.put(secrets(principal), {"value": [{"key": "AppKey", "value": "a"}]})
    service.put(secrets(principal), {"value": [{"key": "UserName", "value": "u"}]})
    assert len(read(service, principal)) == 4
    service.advance(10)
    assert list(read(service, principal))[4:] == ["AppKey", "UserName"]


def test_the_seal_s_key_is_made_once(service: Service) -> None:
    for _ in range(2):
        service.put(secrets(service.principal()), {"value": SETTINGS})
    assert len(service.store.view(TRUTH).rows(Kind.SEAL)) == 1
