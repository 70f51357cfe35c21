"""How every benchmark measures: subject and floor alternate, the medians count, and the ratio is what is judged."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians of seconds, of the subject and of its floor, and the most that the ratio may be."""

    name: str
    subject: float
    floor: float
    at_most: float

    @property
    def ratio(self) -> float:
        """Subject over floor."""
        return self.subject / self.floor

    def __str__(self) -> str:
        verdict = "within" if self.ratio <= self.at_most else "OVER"
        return (
            f"{self.name:<44} {self.subject * 1000:>10.1f} ms   floor {self.floor * 1000:>9.1f} ms"
            f"   {self.ratio:>6.2f} x   {verdict} {self.at_most} x"
        )


def alternate(
    name: str, subject: Callable[[], float], floor: Callable[[], float], *, at_most: float, runs: int = 9
) -> Figure:
    """Time both in turn, `runs` times after one warm-up of each; each callable gives its seconds."""
    subject(), floor()
    pairs = [(subject(), floor()) for _ in range(runs)]
    return Figure(name, statistics.median(s for s, _ in pairs), statistics.median(f for _, f in pairs), at_most)


def process(command: Sequence[str], *, expect: Sequence[int] = (0,), cwd: str | None = None) -> Callable[[], float]:
    """A callable that runs a whole process and gives its wall time. Raises where it ends with another code."""
    # An installed package has its bytecode beside it; a checkout must be allowed to write it at the first run.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "NO_COLOR": "1"}

    def run() -> float:
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, cwd=cwd, check=False, env=environment)
        took = time.perf_counter() - begun
        if done.returncode not in expect:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()}")
        return took

    return run


def timed(function: Callable[[], object]) -> Callable[[], float]:
    """A callable that runs a function and gives its wall time."""

    def run() -> float:
        begun = time.perf_counter()
        function()
        return time.perf_counter() - begun

    return run


def peak_memory(command: Sequence[str], cwd: str | None = None) -> float:
    """The most memory that a process held, in megabytes."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, cwd=cwd, check=True)
    return int(done.stdout) / (1024 if sys.platform != "darwin" else 1024 * 1024)


def own_peak() -> float:
    """The most memory that this process held so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # `ru_maxrss` begins with what the parent held when it started this process; this begins anew.
        (peak,) = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)
