"""azure-identity itself signs in at the emulator's sign-in service, over TLS, in every way that a spec can name."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from reconciler.emulator.identities import IDENTITIES, SECRET, Profile
from reconciler.emulator.tokens import claims_of, jwt
from reconciler.model.fields import Surface
from reconciler.model.spec import SignIn, Tenant, Way
from reconciler.msgraph.auth import NoToken
from reconciler.msgraph.sign_in import credential_for
from reconciler.operations.edges.memory import FileMemory
from tests.msgraph.test_auth import identity_file

pytest.importorskip("azure.identity", reason="azure-identity is not installed")

ROOT = Path(__file__).resolve().parents[2]
TENANT = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
MACHINE = IDENTITIES[Profile.APP_ONLY].client_id
PERSON = IDENTITIES[Profile.DELEGATED].client_id


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of an emulator that looks at tokens, and the certificate to trust."""
    authority = tmp_path_factory.mktemp("tls") / "ca.pem"
    command = [sys.executable, "-m", "reconciler", "emulator", "serve", "--tls-ca", str(authority)]
    command += ["--switch", "auth=required"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        base = process.stdout.readline().removeprefix("listening on ").strip()
        yield base, authority
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def environment(served, tmp_path, monkeypatch):
    """What a user's environment says to sign in there; azure-identity reads the real one."""
    base, authority = served
    own = tmp_path / "run.jwt"
    own.write_text(jwt({"sub": "repo:contoso/entra:ref:refs/heads/main", "exp": int(time.time()) + 300}))
    said = {
        "AZURE_AUTHORITY_HOST": base,
        "AZURE_CLIENT_ID": MACHINE,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_SECRET": SECRET,
        "AZURE_CLIENT_CERTIFICATE_PATH": identity_file(tmp_path),
        "AZURE_FEDERATED_TOKEN_FILE": str(own),
        "REQUESTS_CA_BUNDLE": str(authority),
        "SSL_CERT_FILE": str(authority),
        "HOME": str(tmp_path),
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return said


def signed_in(base, environment, way, client="", tell=print, memory=None):
    """The claims of a token for apps."""
    tenant = Tenant("contoso", TENANT, base, sign_ins={Surface.APPS: SignIn(way, client)})
    memory = memory or FileMemory(Path(environment["HOME"]) / "state")
    token = asyncio.run(credential_for(tenant, environment, tell, memory).token(Surface.APPS)).reveal()
    return token, claims_of(token)


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.DEVICE_CODE])
def test_a_machine_signs_in(served, environment, way):
    base, authority = served
    token, claims = signed_in(base, environment, way)
    assert (claims["appid"], claims["tid"], claims["idtyp"]) == (MACHINE, TENANT, "app")
    with httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False) as client:
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.get(f"{base}/beta/servicePrincipals", headers=bearer).status_code == 200
        assert client.get(f"{base}/beta/servicePrincipals").status_code == 401


def test_a_person_signs_in_once_and_is_remembered(served, environment):
    told = []
    environment = {**environment, "RECONCILER_TOKEN_CACHE": "plain"}
    _, first = signed_in(served[0], environment, Way.DEVICE_CODE, PERSON, told.append)
    assert (first["appid"], first["idtyp"]) == (PERSON, "user")
    (asked,) = told
    assert asked.startswith(f"To sign in, open {served[0]}/devicelogin and enter the code ")
    _, again = signed_in(served[0], environment, Way.DEVICE_CODE, PERSON, told.append)
    assert again["oid"] == first["oid"]
    assert told == [asked]
    kept = list((Path(environment["HOME"]) / "state").iterdir())
    assert len(kept) == 1
    assert "access" not in kept[0].read_text().lower()
    assert os.name == "nt" or kept[0].stat().st_mode & 0o077 == 0


def test_a_damaged_memory_asks_again(served, environment):
    told = []
    environment = {**environment, "RECONCILER_TOKEN_CACHE": "plain"}
    memory = FileMemory(Path(environment["HOME"]) / "state")
    signed_in(served[0], environment, Way.DEVICE_CODE, PERSON, told.append, memory)
    (kept,) = memory.folder.iterdir()
    for damage in ("{", "[]", "{}", '{"version": "7"}', "\0"):
        kept.write_text(damage)
        signed_in(served[0], environment, Way.DEVICE_CODE, PERSON, told.append, memory)
    assert len(told) == 6


def test_without_a_keyring_nothing_is_kept_and_the_person_is_told(served, environment, monkeypatch):
    def no_keyring(_):
        raise OSError("no keyring")

    monkeypatch.setattr(importlib.import_module("msal_extensions"), "build_encrypted_persistence", no_keyring)
    told = []
    signed_in(served[0], environment, Way.DEVICE_CODE, PERSON, told.append)
    assert "not remembered" in told[0]
    assert "RECONCILER_TOKEN_CACHE=plain" in told[0]
    assert not (Path(environment["HOME"]) / ".IdentityService").exists()


def test_msal_signs_in_by_itself(served, environment):
    msal = importlib.import_module("msal")
    application = msal.ConfidentialClientApplication(
        MACHINE, client_credential=SECRET, authority=f"{served[0]}/{TENANT}", instance_discovery=False
    )
    answer = application.acquire_token_for_client([f"{served[0]}/.default"])
    assert claims_of(answer["access_token"])["appid"] == MACHINE


def test_a_wrong_secret_says_what_the_service_says(served, environment):
    with pytest.raises(NoToken, match="AADSTS7000215"):
        signed_in(served[0], {**environment, "AZURE_CLIENT_SECRET": "wrong"}, Way.CLIENT_SECRET)


def test_the_program_signs_in_and_reads(served, environment, tmp_path):
    (tmp_path / "reconciler.yaml").write_text(
        json.dumps(
            {
                "version": 1,
                "tenant": {
                    "name": "contoso",
                    "id": TENANT,
                    "endpoint": served[0],
                    "surfaces": ["apps"],
                    "auth": {"apps": {"credential": "client-secret"}},
                },
                "apps": {"crm": {"servicePrincipal": {"displayName": "CRM"}}},
            }
        )
    )
    command = [sys.executable, "-m", "reconciler", "plan", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    assert "there is no token" not in done.stderr
    assert "401" not in done.stderr, done.stderr
    assert "CRM" in done.stdout + done.stderr
