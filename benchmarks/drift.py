"""What it costs to look for drift in many tenants of ten apps each: one process, 16 tenants at a time, 100 ms latency.

    python benchmarks/drift.py [TENANTS]

There is no verb for several tenants; this calls what `reconciler drift` calls, once for each. The tenants are copies of
one that was applied before, so each has its own spec and ledger, and one emulator is the service of all.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from measure import own_peak
from read import LATENCY_MS, BareLoop, names, served, show
from worlds import write_seed, write_spec

from reconciler.errors import ExitCode
from reconciler.msgraph.wire.principals import questions
from reconciler.operations.planning import exit_code_of_drift, make_plan
from reconciler.operations.run import Request

APPS = 10
AT_ONCE = 16
ROUNDS = 3
FEW = 50
PROFILE = "/onPremisesPublishingProfiles/provisioning"


def applied(folder: Path, origin: str) -> Path:
    """A spec that its service agrees with, and the ledger that says so."""
    spec = write_spec(folder / "spec", APPS, endpoint=origin)
    switches(origin, latencyMs=0)
    subprocess.run((sys.executable, "-m", "reconciler", "apply", str(spec), "--yes"), check=True, capture_output=True)
    switches(origin, latencyMs=LATENCY_MS)
    return spec


def switches(origin: str, **values: object) -> None:
    """Change how the emulator behaves."""
    httpx.post(f"{origin}/emulator/switches", json=values).raise_for_status()


async def each(tenants: int, look: Callable[[int], Awaitable[None]]) -> float:
    """Look at so many tenants, some at a time; seconds."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await look(number)

    begun = time.perf_counter()
    await asyncio.gather(*map(one, range(tenants)))
    return time.perf_counter() - begun


async def drift(root: Path, tenants: int) -> float:
    """Seconds that the program takes. Ends the benchmark where a tenant is not found to be without drift."""

    async def look(number: int) -> None:
        planned = await make_plan(Request(root / str(number), time_limit=600))
        if exit_code_of_drift(planned) is not ExitCode.DONE or not planned.plan.is_empty:
            raise SystemExit(f"tenant {number}: {planned.findings} {planned.plan.changes}")

    return await each(tenants, look)


async def bare(origin: str, tenants: int) -> float:
    """Seconds that a bare loop takes for the same calls with typed decoding, without spec, ledger and plan."""
    (question,) = questions(names(APPS))

    async def look(_number: int) -> None:
        async with httpx.AsyncClient(base_url=f"{origin}/beta", verify=False, timeout=60) as client:
            loop = BareLoop(client, asyncio.Semaphore(AT_ONCE))
            found, *_ = await asyncio.gather(
                client.get(question.request.path),
                client.get(PROFILE),
                client.get(f"{PROFILE}/agentGroups?$expand=agents"),
            )
            await loop.apps([principal["id"] for principal in found.json()["value"]])

    return await each(tenants, look)


def subject(root: Path, tenants: int) -> tuple[float, float]:
    """Seconds and megabytes of a process that looks at so many tenants."""
    command = (sys.executable, __file__, "--subject", str(root), str(tenants))
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    took, peak = json.loads(done.stdout)
    return took, peak


def main() -> None:
    """Print the figure of time and that of memory."""
    if sys.argv[1:2] == ["--subject"]:
        took = asyncio.run(drift(Path(sys.argv[2]), int(sys.argv[3])))
        print(json.dumps((took, own_peak())))
        return
    tenants = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as text, served(Path(text), write_seed(Path(text), APPS)) as origin:
        spec, root = applied(Path(text), origin), Path(text) / "tenants"
        for number in range(tenants):
            shutil.copytree(spec, root / str(number), ignore=shutil.ignore_patterns("snapshots"))
        _, few = subject(root, min(FEW, tenants))
        loop = asyncio.run(bare(origin, tenants))
        took, many = subject(root, tenants)
        waits = ROUNDS * LATENCY_MS / 1000 * tenants / AT_ONCE
        print(f"drift of {tenants} tenants: latency alone {waits:.1f} s, the bare loop {loop:.1f} s")
        show("drift", took, max(waits, loop), at_most=1.5)
        show("memory", many, few, at_most=1.2, unit="MB")


if __name__ == "__main__":
    main()
