"""Microsoft's Python SDK against a served emulator: a process of its own, reached over a socket as any service is.

The SDK warns that the calls on credentials are deprecated, which is true and no fault of a test.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from azure.core.credentials import AccessToken
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation
    from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
    from msgraph_beta import GraphServiceClient
    from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
    from msgraph_beta.graph_request_adapter import GraphRequestAdapter

ROOT = Path(__file__).resolve().parents[2]

SEED = {
    "version": 1,
    "switches": {"groupsPerResource": "many", "secretsPut": "replace", "secretsStar": "keep"},
    "users": [{"displayName": f"User {number:02}"} for number in range(7)],
    "groups": [{"displayName": "Employees", "members": ["User 00", "User 01"]}],
    "agents": [
        {"machineName": "prov-1.contoso.local", "externalIp": "203.0.113.10", "groups": ["HR"]},
        {"machineName": "prov-2.contoso.local", "externalIp": "203.0.113.20", "down": True},
    ],
    "agentGroups": [{"displayName": "Default group", "isDefault": True}, {"displayName": "HR"}],
    "publishedResources": [{"displayName": "HR SQL", "resourceName": "hr-sql", "groups": ["HR"]}],
    "apps": [{"displayName": "CRM", "template": "onPremisesScim", "assigned": ["User 00"]}],
}


class Token:
    """A credential that always has the same token; nothing here could ask for one."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("opaque", int(time.time()) + 3600)


class Graph:
    """The SDK's client, and its adapter for what the SDK has no builder for."""

    def __init__(self, base: str) -> None:
        provider = AzureIdentityAuthenticationProvider(Token(), scopes=["https://graph.microsoft.com/.default"])
        self.adapter = GraphRequestAdapter(provider)
        self.adapter.base_url = f"{base}/beta"
        self.client = GraphServiceClient(request_adapter=self.adapter)

    async def raw(self, method: Method, path: str, body: object = None) -> Any:
        """Send what has no builder; give the JSON of the answer, None where there is none."""
        request = RequestInformation()
        request.http_method = method
        request.url = f"{self.adapter.base_url}{path}"
        request.headers.add("Accept", "application/json")
        if body is not None:
            request.set_stream_content(json.dumps(body).encode(), "application/json")
        answer = await self.adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        return json.loads(answer) if answer else None

    async def write(self, method: Method, path: str, body: Any) -> None:
        """Send one of the SDK's models, serialized by the SDK, to where it has no builder."""
        request = RequestInformation()
        request.http_method = method
        request.url = f"{self.adapter.base_url}{path}"
        request.set_content_from_parsable(self.adapter, "application/json", body)
        await self.adapter.send_no_response_content_async(request, {"XXX": ODataError})


Script = Callable[[Graph], Awaitable[None]]
Run = Callable[[Script], None]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served emulator."""
    seed = tmp_path_factory.mktemp("sdk") / "seed.json"
    seed.write_text(json.dumps(SEED), encoding="utf-8")
    command = [sys.executable, "-m", "reconciler", "emulator", "serve", "--port", "0", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://"), line
        yield line.split()[-1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.fixture
def run(base: str) -> Run:
    """Run a script with a client of its own on a loop of its own."""

    def run_script(script: Script) -> None:
        asyncio.run(_scripted(base, script))

    return run_script


async def _scripted(base: str, script: Script) -> None:
    graph = Graph(base)
    try:
        await script(graph)
    finally:
        # The SDK wraps the client's transport and never closes what is inside.
        await graph.adapter._http_client._transport.transport.aclose()


def pytest_configure(config: pytest.Config) -> None:
    """The SDK's modules warn of themselves when they are imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")
