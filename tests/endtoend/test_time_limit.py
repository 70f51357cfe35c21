"""A service that lets nothing succeed holds no apply for longer than the time limit, nor one that a person stops."""

from __future__ import annotations

import json
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.endtoend.conftest import Run, Server, served

THROTTLED = {"kind": "status", "status": 429, "method": "POST", "path": "agentGroups$", "retryAfter": "3"}
FAILING = [
    {"kind": "status", "status": 500, "method": method, "path": r"^/beta/(?!\$batch)"}
    for method in ("POST", "PUT", "PATCH", "DELETE")
]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Run, Server]]:
    """The minimal example and its tenant on a port."""
    example = ROOT / "examples" / "minimal"
    folder = Path(shutil.copytree(example, tmp_path / "minimal"))
    with served(example / "live.seed.json") as server:
        yield Run(folder, server.url), server


def journal(run: Run) -> list[dict[str, object]]:
    (path,) = (run.spec / ".reconciler").rglob("journal.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_step_that_the_service_throttles_ends_with_the_limit_and_the_rest_is_left(
    small: tuple[Run, Server],
) -> None:
    run, server = small
    server.control("faults", {"rules": [THROTTLED]})
    applied = run("apply", "--yes", "--time-limit", "5")
    assert applied.returncode == 5, applied.stderr
    told = " ".join(applied.stderr.split())
    assert "wait 3 s: the service answered 429 TooManyRequests, at agentGroups" in told
    ending = applied.stderr.rpartition("Partly applied: ")[2]
    ended = re.match(r"(\d+) done, ([1-9]) failed, ([1-9]) skipped\.", ending)
    assert ended is not None, applied.stderr
    counts = tuple(map(int, ended.groups()))
    assert sum(counts) == 11
    (finding,) = [line for line in ending.splitlines() if "error EPR" in line]
    assert "error EPR431" in finding
    assert "group/staff" in finding
    (end,) = [record for record in journal(run) if record["kind"] == "end"]
    assert (end["done"], end["failed"], end["skipped"]) == counts
    server.control("faults", {"rules": []})
    assert run("apply", "--yes", "--quiet").returncode == 0


def test_a_service_that_fails_every_write_is_one_finding_that_names_what_it_concerns(
    small: tuple[Run, Server],
) -> None:
    run, server = small
    server.control("faults", {"rules": FAILING})
    applied = run("apply", "--yes", "--time-limit", "5")
    assert applied.returncode == 1, applied.stderr
    ending = applied.stderr.rpartition("Partly applied: ")[2]
    assert ending.startswith("0 done, 3 failed, 8 skipped.")
    (finding,) = [line for line in ending.splitlines() if "error EPR" in line]
    assert "error EPR430" in finding
    assert "group/staff, app/payroll" in ending
    assert "(3 steps failed for this cause)" in " ".join(ending.split())


def test_a_wish_to_stop_ends_the_wait_of_a_step_that_the_service_throttles(small: tuple[Run, Server]) -> None:
    run, server = small
    server.control("faults", {"rules": [{**THROTTLED, "retryAfter": "200"}]})
    running = run.start("apply", "--yes")
    watchdog = threading.Timer(60, running.kill)
    watchdog.start()
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("wait "):
            break
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate()
    watchdog.cancel()
    assert running.returncode == 130, err
    ended = re.search(r"(\d+) done, 1 failed, (\d+) skipped\.", err)
    assert ended is not None, err
    assert sum(map(int, ended.groups())) == 10
    assert "the service answered 429" in " ".join(err.split())
    server.control("faults", {"rules": []})
    assert run("apply", "--yes", "--quiet").returncode == 0


def test_an_apply_that_cannot_look_at_what_it_left_does_not_end_with_0(small: tuple[Run, Server]) -> None:
    run, server = small
    server.control("switches", {"latencyMs": 150})
    running = run.start("apply", "--yes")
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("[11/11] done"):
            break
    server.control("faults", {"rules": [{"kind": "status", "status": 403, "path": "^/beta"}]})
    _, err = running.communicate(timeout=60)
    assert running.returncode == 7, err
    assert "the service answered 403" in " ".join(err.split())
