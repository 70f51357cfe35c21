"""`reconciler emulator`: what each option says is what it does."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler

SEED = ROOT / "examples" / "minimal" / "live.seed.json"
OTHER = ROOT / "examples" / "contoso" / "live.seed.json"


@contextmanager
def served(*words: str | Path) -> Iterator[httpx.Client]:
    """A client of `reconciler emulator serve`, which ends well when it is told to."""
    command = [sys.executable, "-m", "reconciler", "emulator", "serve", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            base = process.stdout.readline().removeprefix("listening on ").strip()
            assert base.startswith("http://127.0.0.1:")
            with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == ExitCode.DONE


def agents(client: httpx.Client) -> int:
    return int(client.get("/beta/onPremisesPublishingProfiles/provisioning/agents/$count").text)


def switches(client: httpx.Client) -> dict[str, object]:
    return client.get("/emulator/switches").json()


def test_without_options_an_empty_tenant_is_served_on_a_free_port():
    with served() as client:
        assert agents(client) == 0


def test_a_database_keeps_the_tenant_and_its_switches_and_a_seed_fills_an_empty_one_only(tmp_path):
    db = tmp_path / "tenant.db"
    with served("--db", db, "--seed", SEED, "--switch", "pageSize=2", "--latency", "1") as client:
        assert agents(client) == 3
        shown = switches(client)
    assert (shown["pageSize"], shown["latencyMs"]) == (2, 1.0)
    with served("--db", db, "--seed", OTHER, "--switch", "pageSize=3", "--switch", "throttle=S") as client:
        assert agents(client) == 3
        assert switches(client) == {**shown, "pageSize": 3, "throttle": "S"}


GROUPS = "/beta/onPremisesPublishingProfiles/provisioning/agentGroups"


def test_calls_go_wrong_by_rules_of_words_that_replace_those_before(tmp_path):
    db = tmp_path / "tenant.db"
    words = ("status=429 retryAfter=2 method=POST path=agentGroups$ times=1", "slow seconds=0 path='no such path'")
    with served("--db", db, "--seed", SEED, "--fault", words[0], "--fault", words[1]) as client:
        refused = client.post(GROUPS, json={"displayName": "New"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert client.post(GROUPS, json={"displayName": "New"}).status_code == 201
        assert client.get("/emulator/faults").json()["rules"] == [
            {"kind": "status", "method": "POST", "path": "agentGroups$", "times": 1, "status": 429, "retryAfter": "2"},
            {"kind": "slow", "path": "no such path", "seconds": 0},
        ]
    with served("--db", db, "--fault", """body='{"error": {}}' status=500""") as client:
        assert client.get("/emulator/faults").json()["rules"] == [
            {"kind": "status", "status": 500, "body": {"error": {}}}
        ]


def test_agents_are_down_from_the_start():
    with served("--seed", SEED, "--down", "PROV-2.fabrikam.local") as client:
        found = client.get("/beta/onPremisesPublishingProfiles/provisioning/agents").json()["value"]
    down = [agent["machineName"] for agent in found if agent["status"] == "inactive"]
    assert down == ["prov-2.fabrikam.local"]


def test_the_clock_of_a_new_tenant_begins_anywhere_and_of_one_that_was_there_only_later(reconciler, tmp_path):
    db = tmp_path / "tenant.db"
    with served("--db", db, "--seed", SEED, "--clock", "2020-02-01T12:00:00+02:00") as client:
        assert client.get("/emulator/clock").json()["now"].startswith("2020-02-01T10:0")
        assert agents(client) == 3
    with served("--db", db, "--clock", "2021-02-01T10:00:00Z") as client:
        assert client.get("/emulator/clock").json()["now"].startswith("2021-02-01T10:0")
        client.post("/emulator/reset", json={})
        assert client.get("/emulator/clock").json()["now"].startswith("2020-02-01T10:0")
        client.post("/emulator/clock", json={"advance": 86_400})
    ran = reconciler("emulator", "serve", "--db", db, "--clock", "2020-02-01T10:00:00Z")
    assert ran.code == ExitCode.USAGE
    assert "never goes back" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--fault", "satus=429"), "a fault rule has no 'satus'"),
        (("--fault", "dropSoon"), "'kind' of a fault rule is one of status"),
        (("--fault", "status=many"), "'status' of a fault rule does not fit: 'many'"),
        (("--fault", "status=99"), "from 200 to 599, not 99"),
        (("--fault", "path=["), "is no regular expression"),
        (("--fault", "path='x"), "No closing quotation"),
        (("--down", "nobody"), "there is no agent 'nobody'; there are none"),
        (("--clock", "noon"), "'noon' is no moment such as"),
        (("--clock", "2026-01-31T08:00:00"), "is no moment such as"),
        (("--clock", "1969-01-31T08:00:00Z"), "from 1971 to 2999"),
    ],
)
def test_what_cannot_be_at_the_start_is_wrong_usage(reconciler: Reconciler, words: tuple[str, str], told: str) -> None:
    ran = reconciler("emulator", "serve", *words)
    assert ran.code == ExitCode.USAGE
    assert told in ran.err


def test_it_is_served_on_the_port_that_is_named():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with served("--port", str(port)) as client:
        assert client.base_url.port == port


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        ("nope=1", "there is no switch 'nope'"),
        ("throttle", "this is no NAME=VALUE"),
        ("throttle=XL", "is one of off, S, M, L, not 'XL'"),
        ("pageSize=1.5", "is a whole number from 1 to 999, not 1.5"),
        ("pageSize=nan", "is a whole number from 1 to 999, not nan"),
        ("latencyMs=inf", "is a number from 0 to 1e9, not inf"),
        ("latencyMs=long", "is a number from 0 to 1e9, not 'long'"),
    ],
)
def test_a_switch_that_cannot_be_is_wrong_usage(reconciler: Reconciler, switch: str, told: str) -> None:
    ran = reconciler("emulator", "serve", "--switch", switch)
    assert ran.code == ExitCode.USAGE
    assert told in ran.err


def test_a_seed_that_is_not_there_is_named(reconciler: Reconciler, tmp_path: Path) -> None:
    ran = reconciler("emulator", "serve", "--seed", tmp_path / "none.json")
    assert ran.code == ExitCode.ERROR
    assert f"{tmp_path}/none.json: No such file" in ran.err


def test_a_port_that_is_taken_is_told(reconciler: Reconciler) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = reconciler("emulator", "serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == ExitCode.ERROR
    assert ran.err.startswith("reconciler: the emulator cannot run: Address already in use")


def test_a_database_is_filled_once_and_put_back_to_its_seed(reconciler: Reconciler, tmp_path: Path) -> None:
    db = tmp_path / "tenant.db"
    assert reconciler("emulator", "reset", "--db", db).code == ExitCode.USAGE
    assert reconciler("emulator", "seed", SEED, "--db", db).code == ExitCode.DONE
    assert reconciler("emulator", "seed", SEED, "--db", db).code == ExitCode.USAGE
    with served("--db", db) as client:
        made = client.post("/beta/onPremisesPublishingProfiles/provisioning/agentGroups", json={"displayName": "New"})
        assert made.status_code == 201
    assert reconciler("emulator", "reset", "--db", db).code == ExitCode.DONE
    with served("--db", db) as client:
        groups = client.get("/beta/onPremisesPublishingProfiles/provisioning/agentGroups").json()["value"]
    assert "New" not in [group["displayName"] for group in groups]
