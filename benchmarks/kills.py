"""Kill an apply of contoso at random moments, and see that the next apply finishes and the plan after it is empty.

    python benchmarks/kills.py [--kills N] [--seed N]

The emulator is served by a process of its own, so that only the client dies. Exit code 1 where any round failed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONTOSO = Path(__file__).parent.parent / "examples" / "contoso"
RECONCILER = (sys.executable, "-m", "reconciler")
ACKNOWLEDGED = ("--yes", "--ack", "app/ledger-sql")
ENVIRONMENT = {**os.environ, "NO_COLOR": "1"}
LATENCY_MS = 10


@dataclass(frozen=True)
class Round:
    """What became of one kill: whether it came in time, and the exit codes of what followed."""

    moment: float
    killed: bool
    applied: int
    planned: int

    @property
    def good(self) -> bool:
        """Whether the next apply finished, and left nothing to do."""
        return self.applied == 0 and self.planned == 0


@contextmanager
def served() -> Iterator[str]:
    """Contoso's tenant on a port, until the block ends. Gives its URL."""
    words = (*RECONCILER, "emulator", "serve", "--seed", str(CONTOSO / "live.seed.json"))
    process = subprocess.Popen(words, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


def control(url: str, path: str, body: object) -> None:
    """Call the emulator's control plane."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}/emulator/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=20):
        pass


def run(url: str, spec: Path, verb: str, *words: str) -> int:
    """Run a command to its end; give its exit code."""
    return subprocess.run(
        command(url, spec, verb, *words), env=ENVIRONMENT, capture_output=True, check=False
    ).returncode


def command(url: str, spec: Path, verb: str, *words: str) -> tuple[str, ...]:
    return (*RECONCILER, verb, str(spec), "--endpoint", url, *words)


def begin_anew(url: str, spec: Path) -> None:
    """The tenant as it was seeded, and no state of ours."""
    control(url, "reset", {})
    control(url, "switches", {"latencyMs": LATENCY_MS})
    shutil.rmtree(spec / ".reconciler", ignore_errors=True)


def whole_apply(url: str, spec: Path) -> float:
    """Seconds that an apply takes that nobody kills."""
    begin_anew(url, spec)
    begun = time.perf_counter()
    if run(url, spec, "apply", *ACKNOWLEDGED) != 0:
        sys.exit("the apply that nobody kills does not finish")
    return time.perf_counter() - begun


def kill_at(url: str, spec: Path, moment: float) -> Round:
    """One round: kill an apply so many seconds after its start, apply again, plan."""
    begin_anew(url, spec)
    victim = subprocess.Popen(
        command(url, spec, "apply", *ACKNOWLEDGED),
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        victim.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        victim.kill()
    killed = victim.wait() == -signal.SIGKILL
    applied = run(url, spec, "apply", *ACKNOWLEDGED)
    return Round(moment, killed, applied, run(url, spec, "plan", "--detailed-exitcode"))


def main() -> None:
    """Print a line for each kill and one for all of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=12, help="how many")
    parser.add_argument("--seed", type=int, default=20261124, help="of the moments")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    rounds = []
    with tempfile.TemporaryDirectory() as folder, served() as url:
        spec = Path(shutil.copytree(CONTOSO, Path(folder) / "contoso"))
        whole = whole_apply(url, spec)
        print(f"a whole apply takes {whole:.2f} s")
        for number in range(1, asked.kills + 1):
            ended = kill_at(url, spec, chance.uniform(0.1, whole))
            rounds.append(ended)
            what = "killed" if ended.killed else "was done"
            print(
                f"{number:3} {what} at {ended.moment:.2f} s: next apply {ended.applied}, plan {ended.planned}",
                flush=True,
            )
    good = sum(ended.good for ended in rounds)
    print(f"{good} of {len(rounds)} finished with an empty plan; {sum(ended.killed for ended in rounds)} were killed")
    sys.exit(0 if good == len(rounds) else 1)


if __name__ == "__main__":
    main()
