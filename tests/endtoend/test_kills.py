"""A process that dies anywhere leaves nothing that the next run cannot finish."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

from tests.endtoend.conftest import CONTOSO_ACK, Run, Server

SEED = 20261124


def test_twelve_kills_at_random_moments_and_each_next_apply_finishes(run: Run, server: Server) -> None:
    chance = random.Random(SEED)
    for _ in range(12):
        server.control("reset", {})
        server.control("switches", {"latencyMs": 10})
        shutil.rmtree(run.spec / ".reconciler", ignore_errors=True)
        victim = run.start("apply", "--yes", *CONTOSO_ACK)
        time.sleep(chance.uniform(0.6, 3.0))
        victim.kill()
        victim.communicate()
        finished = run.apply("--quiet")
        assert finished.returncode == 0, finished.stderr
        assert run("plan", "--detailed-exitcode").returncode == 0


def test_the_embedded_emulator_survives_the_process_that_holds_it(spec: Path) -> None:
    embedded = Run(spec, "emulator")
    for delay in (1.0, 1.6, 2.2):
        victim = embedded.start("apply", "--yes", *CONTOSO_ACK)
        time.sleep(delay)
        victim.kill()
        victim.communicate()
        finished = embedded.apply("--quiet")
        assert finished.returncode == 0, finished.stderr
        assert embedded("plan", "--detailed-exitcode").returncode == 0


def test_ctrl_c_finishes_what_is_in_flight_and_the_next_apply_does_the_rest(run: Run, server: Server) -> None:
    server.control("switches", {"latencyMs": 40})
    running = run.start("apply", "--yes", *CONTOSO_ACK)
    assert running.stderr is not None
    for line in running.stderr:
        if "done" in line:
            break
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert run.apply("--quiet").returncode == 0
    assert run("plan", "--detailed-exitcode").returncode == 0


def test_a_second_process_is_told_who_holds_the_lock_and_since_when(run: Run, server: Server) -> None:
    server.control("switches", {"latencyMs": 40})
    first = run.start("apply", "--yes", *CONTOSO_ACK)
    assert first.stderr is not None
    first.stderr.readline()
    second = run.apply()
    assert second.returncode == 6
    assert f"process {first.pid} on " in second.stderr
    first.communicate(timeout=60)
    assert first.returncode == 0
