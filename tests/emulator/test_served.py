"""Served on a port it is the same application; what is dropped is a closed connection, and a kill loses nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.emulator.conftest import PROVISIONING

START = "import sys; from reconciler.emulator.serve import run; run(0, sys.argv[1])"


@contextmanager
def served(db: Path | str = ":memory:") -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A client of an emulator in a process of its own, which is killed at the end where it still runs."""
    process = subprocess.Popen([sys.executable, "-c", START, str(db)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        base = process.stdout.readline().removeprefix("listening on ").strip()
        assert base.startswith("http://127.0.0.1:")
        with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
            yield client, process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with served() as (client, _):
        yield client


def groups(client: httpx.Client) -> list[str]:
    return [group["displayName"] for group in client.get(f"{PROVISIONING}/agentGroups?$top=999").json()["value"]]


def test_a_handful_of_operations_over_a_socket(client: httpx.Client) -> None:
    made = client.post(f"{PROVISIONING}/agentGroups", json={"displayName": "Served"})
    assert made.status_code == 201
    assert made.json()["@odata.context"].startswith(str(client.base_url).rstrip("/"))
    address = f"{PROVISIONING}/agentGroups/{made.json()['id']}"
    assert client.patch(address, json={"displayName": "Renamed"}).status_code == 204
    assert client.get(f"{PROVISIONING}/agentGroups/$count").headers["content-type"] == "text/plain"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_links_lead_back_to_the_port(client: httpx.Client) -> None:
    link = client.get("/beta/applicationTemplates?$top=1").json()["@odata.nextLink"]
    assert link.startswith(str(client.base_url).rstrip("/") + "/beta/applicationTemplates?")
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("kind", ["dropBefore", "dropAfter", "truncate"])
def test_a_dropped_call_is_a_closed_connection(client: httpx.Client, kind: str) -> None:
    client.post("/emulator/faults", json={"rules": [{"kind": kind, "method": "POST", "path": "agentGroups"}]})
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"{PROVISIONING}/agentGroups", json={"displayName": kind})
    client.post("/emulator/faults", json={"rules": []})
    assert (kind in groups(client)) == (kind != "dropBefore")


def test_a_body_over_the_limit_is_answered(client: httpx.Client) -> None:
    assert client.post(f"{PROVISIONING}/agentGroups", content=b" " * 10_000_000).status_code == 413


def test_many_at_once_are_all_done(client: httpx.Client) -> None:
    async def create(names: list[str]) -> list[int]:
        async with httpx.AsyncClient(base_url=client.base_url, timeout=60, trust_env=False) as many:
            answers = await asyncio.gather(
                *(many.post(f"{PROVISIONING}/agentGroups", json={"displayName": name}) for name in names)
            )
            return [answer.status_code for answer in answers]

    names = [f"Concurrent {number}" for number in range(50)]
    assert asyncio.run(create(names)) == [201] * 50
    assert {name for name in groups(client) if name.startswith("Concurrent")} == set(names)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process can catch")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_it_well(tmp_path: Path, number: str) -> None:
    with served(tmp_path / "emulator.db") as (client, process):
        assert client.get("/beta/users").status_code == 200
        process.send_signal(getattr(signal, number))
        assert process.wait(timeout=30) == 0


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """Killed between and within writes, each next process holds all that was answered, whole, and the log of it."""
    db, answered = tmp_path / "emulator.db", []
    for round_number in range(3):
        with served(db) as (client, process):
            assert [name for name in groups(client) if name in answered] == answered
            for number in range(5):
                name = f"Group {round_number}.{number}"
                assert client.post(f"{PROVISIONING}/agentGroups", json={"displayName": name}).status_code == 201
                answered.append(name)
            process.kill()
    with served(db) as (client, _):
        assert groups(client) == ["Default group", *answered]
        assert sum(call["method"] == "POST" for call in client.get("/emulator/calls").json()["value"]) == len(answered)


@pytest.mark.parametrize("after", [1, 20, 60])
def test_a_kill_in_the_midst_of_writes_tears_nothing(tmp_path: Path, after: int) -> None:
    """Killed as soon as so many of many concurrent writes were answered: these are all there, and every row is whole."""
    db, answered = tmp_path / "emulator.db", []

    async def write(base: httpx.URL, process: subprocess.Popen[str]) -> None:
        async def create(many: httpx.AsyncClient, name: str) -> None:
            await many.post(f"{PROVISIONING}/agentGroups", json={"displayName": name})
            answered.append(name)
            if len(answered) == after:
                process.kill()

        async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as many:
            writes = (create(many, f"Group {number}") for number in range(100))
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            assert all(outcome is None or isinstance(outcome, httpx.TransportError) for outcome in outcomes)

    with served(db) as (client, process):
        asyncio.run(write(client.base_url, process))
    connection = sqlite3.connect(db)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with served(db) as (client, _):
        assert set(answered) <= set(groups(client))
        assert client.get(f"{PROVISIONING}?$expand=agentGroups,agents,publishedResources").status_code == 200
