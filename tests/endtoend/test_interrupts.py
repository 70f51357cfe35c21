"""Ctrl-C at any moment ends with 130 and a calm line, and leaves nothing that the next run cannot finish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.endtoend.conftest import CONTOSO_ACK, ENVIRONMENT, Run, Server

AT_IMPORT = """
import os, runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[0]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = sys.argv[1:]
runpy.run_module("reconciler", run_name="__main__")
"""
"""The program, which gets Ctrl-C when it imports a module: the moments are the same ones on every machine."""


def ended_calmly(code: int, err: str) -> None:
    assert code == 130, err
    assert "Traceback" not in err
    assert [line for line in err.splitlines() if "interrupted" in line] == [err.splitlines()[-1]]


@pytest.mark.parametrize("module", ["click", "reconciler.cli.verbs.apply", "reconciler.spec.parse"])
def test_ctrl_c_while_the_program_is_starting(spec: Path, module: str) -> None:
    words = [sys.executable, "-c", AT_IMPORT, module, *Run(spec, "emulator").command("apply", "--yes")[3:]]
    done = subprocess.run(words, text=True, capture_output=True, env=ENVIRONMENT, timeout=60, check=False)
    assert done.stderr.strip() == "reconciler: interrupted"
    assert done.returncode == 130


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes", *CONTOSO_ACK)], ids=["plan", "apply"])
def test_ctrl_c_while_the_service_is_read(run: Run, server: Server, words: tuple[str, ...]) -> None:
    server.control("switches", {"latencyMs": 200})
    running = run.start(*words)
    while not server.calls():
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    ended_calmly(running.returncode, err)


def test_ctrl_c_after_the_last_step(run: Run, server: Server) -> None:
    server.control("switches", {"latencyMs": 100})
    running = run.start("apply", "--yes", *CONTOSO_ACK)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("Applied: "):
            break
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    ended_calmly(running.returncode, err)
    assert run("plan", "--detailed-exitcode").returncode == 0


def test_two_ctrl_c_end_an_apply_with_steps_under_way(run: Run, server: Server) -> None:
    server.control("switches", {"latencyMs": 200})
    running = run.start("apply", "--yes", "--verbose", *CONTOSO_ACK)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("begin"):
            break
    for _ in range(2):
        running.send_signal(signal.SIGINT)
        time.sleep(0.1)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert "reconciler: interrupted while steps were under way" in err


def test_ctrl_c_at_the_question_answers_it_at_once(spec: Path) -> None:
    ours, terminal = os.openpty()
    try:
        words = Run(spec, "emulator").command("apply", *CONTOSO_ACK)
        asked = subprocess.Popen(
            words, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        assert asked.stderr is not None
        for said in iter(asked.stderr.read1, b""):
            if b"steps?" in said:
                break
        time.sleep(0.3)  # Until it reads the answer, which nothing shows.
        asked.send_signal(signal.SIGINT)
        _, rest = asked.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(terminal)
    ended_calmly(asked.returncode, rest.decode())
