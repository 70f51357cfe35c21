"""Real processes: the emulator served on a port, and the program as a person starts it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

CONTOSO_ACK = ("--ack", "app/ledger-sql")
ENVIRONMENT = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}


@dataclass(frozen=True)
class Server:
    """A served emulator."""

    url: str

    def control(self, path: str, body: object) -> None:
        """Call the emulator's control plane."""
        httpx.post(f"{self.url}/emulator/{path}", json=body).raise_for_status()

    def calls(self) -> list[dict[str, str]]:
        """Every call that the service saw."""
        found: list[dict[str, str]] = httpx.get(f"{self.url}/emulator/calls").json()["value"]
        return found


@dataclass(frozen=True)
class Run:
    """The program over one spec and one endpoint, in processes of its own."""

    spec: Path
    endpoint: str

    def command(self, verb: str, *words: str) -> list[str]:
        """The words of a command line."""
        return [sys.executable, "-m", "reconciler", verb, str(self.spec), "--endpoint", self.endpoint, *words]

    def start(self, verb: str, *words: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(self.command(verb, *words), text=True, env=ENVIRONMENT, **pipes)

    def __call__(self, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(verb, *words), text=True, capture_output=True, env=ENVIRONMENT, timeout=120, check=False
        )

    def apply(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Apply contoso with the acknowledgement that its plan asks for."""
        return self("apply", "--yes", *CONTOSO_ACK, *words)


@contextmanager
def served(seed: Path) -> Iterator[Server]:
    """A tenant on a port, for the time of the block."""
    words = [sys.executable, "-m", "reconciler", "emulator", "serve", "--seed", str(seed)]
    process = subprocess.Popen(words, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:")
    try:
        yield Server(line.removeprefix("listening on ").strip())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """Contoso's tenant on a port."""
    with served(ROOT / "examples" / "contoso" / "live.seed.json") as serving:
        yield serving


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Contoso's spec, which settles at once."""
    folder = Path(shutil.copytree(ROOT / "examples" / "contoso", tmp_path / "spec"))
    root = folder / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    return folder


@pytest.fixture
def run(spec: Path, server: Server) -> Run:
    """The program over contoso and the served emulator."""
    return Run(spec, server.url)
