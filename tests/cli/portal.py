"""What somebody does at the portal: calls of the embedded emulator past the program, by a user who has a name."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from reconciler.operations.edges.embedded import embedded_emulator

PROFILE = "/onPremisesPublishingProfiles/provisioning"


class Portal:
    """The portal of the service that is embedded for a spec. Without a name nobody can be told apart."""

    def __init__(self, spec: Path, upn: str = "") -> None:
        self._spec = spec
        self._upn = upn

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One call; `path` stands below /beta, or is one of the emulator's own. Fails where it is refused."""
        return self.tried(method, path, body).raise_for_status()

    def tried(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One call that may be refused."""
        return asyncio.run(self._call(method, path, body))

    def principal(self, name: str) -> str:
        """The id of the service principal with this display name."""
        found = self.call("GET", "/servicePrincipals").json()["value"]
        return next(str(each["id"]) for each in found if each["displayName"] == name)

    def job(self, name: str) -> str:
        """The address of an app's one job."""
        jobs = f"/servicePrincipals/{self.principal(name)}/synchronization/jobs"
        return f"{jobs}/{self.call('GET', jobs).json()['value'][0]['id']}"

    def agent(self, machine: str) -> str:
        """The id of an agent."""
        found = self.call("GET", f"{PROFILE}/agents").json()["value"]
        return next(str(each["id"]) for each in found if each["machineName"] == machine)

    def group(self, name: str) -> str:
        """The id of an agent group."""
        found = self.call("GET", f"{PROFILE}/agentGroups").json()["value"]
        return next(str(each["id"]) for each in found if each["displayName"] == name)

    def map(self, name: str, target: str, source: str) -> None:
        """Take an attribute of a job's first object mapping from another source attribute."""
        path = f"{self.job(name)}/schema"
        schema = self.call("GET", path).json()
        (mapping,) = (
            each
            for rule in schema["synchronizationRules"]
            for objects in rule["objectMappings"]
            if objects["sourceObjectName"] == "User"
            for each in objects["attributeMappings"]
            if each["targetAttributeName"] == target
        )
        mapping["source"] = {"expression": f"[{source}]", "name": source, "type": "Attribute", "parameters": []}
        self.call("PUT", path, schema)

    async def _call(self, method: str, path: str, body: object) -> httpx.Response:
        emulator = embedded_emulator(self._spec, "live.seed.json")
        transport = httpx.ASGITransport(app=emulator)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
                headers = {}
                if self._upn:
                    who = {"profile": "delegated", "upn": self._upn}
                    token = (await client.post("/emulator/tokens", json=who)).raise_for_status().json()["token"]
                    headers = {"authorization": f"Bearer {token}"}
                whole = path if path.startswith(("/emulator/", "/his/")) else f"/beta{path}"
                return await client.request(method, whole, json=body, headers=headers)
        finally:
            emulator.close()
