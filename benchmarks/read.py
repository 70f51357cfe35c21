"""What it costs to read a tenant over HTTP with 100 ms of latency, against a bare loop that makes the same calls.

`read` is what a plan reads, `plan` the whole process, from the spec's files to the printed plan: of a tenant that is as
the spec says but for a few apps, and once more of a tenant that holds none of it yet.

python benchmarks/read.py [APPS]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
from measure import peak_memory, process
from worlds import write_seed, write_settled_seed, write_spec

from reconciler.model.address import app
from reconciler.model.bindings import Bindings
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.model.service import AppPart
from reconciler.msgraph.auth import FixedToken
from reconciler.msgraph.client import GraphClient, open_chain
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.wire.principals import questions
from reconciler.operations.edges.system import SystemChance, SystemClock

LATENCY_MS = 100
IN_FLIGHT = 16
ITEMS = 20
RUNS = 3
DIFFERING = 20
UNITS = {"L": 8000, "M": 5000}
CLASSES = {"L": "large", "M": "medium"}
WHOLE = Demand(AppPart.JOB | AppPart.SCHEMA | AppPart.CONNECTION)


@dataclass(frozen=True)
class Cost:
    """Seconds: by the clock, and of the processor."""

    wall: float
    busy: float


@contextmanager
def served(folder: Path, seed: Path) -> Iterator[str]:
    """Serve the emulator from a process of its own; give its origin."""
    options = ("--db", str(folder / "emulator.db"), "--seed", str(seed), "--latency", str(LATENCY_MS))
    serve = (sys.executable, "-m", "reconciler", "emulator", "serve", *options)
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


def names(apps: int) -> list[PrincipalQuery]:
    """The look-ups of all principals."""
    return [PrincipalQuery(PrincipalKey.DISPLAY_NAME, f"Application {number}") for number in range(apps)]


async def read(origin: str, apps: int) -> tuple[float, int, dict[str, str]]:
    """Read everything as a plan does; seconds, requests, and the principals' ids by name."""
    chain = open_chain(f"{origin}/beta", FixedToken(), SystemClock(), SystemChance(), {})
    client = GraphClient(chain, SystemClock(), demands={app(str(number)): WHOLE for number in range(apps)})
    begun = time.perf_counter()
    inventory = await client.inventory(names(apps))
    found = {name: records[0].id for name, records in inventory.principals.items() if isinstance(records, tuple)}
    bindings = Bindings(principals={app(name.split()[-1]): live_id for name, live_id in found.items()})
    readings = await client.readings(bindings)
    took = time.perf_counter() - begun
    if client.findings or len(readings) != apps:
        raise SystemExit(f"{len(readings)} of {apps} apps were read: {client.findings}")
    calls = client.calls
    await client.aclose()
    return took, calls, found


class Item(msgspec.Struct):
    """An item of a batch."""

    id: str
    body: msgspec.Raw


class Batch(msgspec.Struct):
    """An answer to a batch."""

    responses: list[Item]


class Rules(msgspec.Struct, rename="camel"):
    """The part of a schema that is looked at."""

    synchronization_rules: list[dict[str, object]]


class Job(msgspec.Struct):
    """A job's id."""

    id: str


class Jobs(msgspec.Struct):
    """The jobs of a principal."""

    value: list[Job]


@dataclass
class BareLoop:
    """The same calls with nothing around them: batches of 20, 16 in flight, typed decoding."""

    client: httpx.AsyncClient
    room: asyncio.Semaphore

    async def batch(self, paths: list[str]) -> dict[str, msgspec.Raw]:
        """The bodies of one batch, by path."""
        items = [{"id": str(place), "method": "GET", "url": path} for place, path in enumerate(paths)]
        async with self.room:
            answer = await self.client.post("/$batch", json={"requests": items})
        decoded = msgspec.json.decode(answer.content, type=Batch)
        return {paths[int(item.id)]: item.body for item in decoded.responses}

    async def apps(self, principals: list[str]) -> None:
        """Read one chunk of apps."""
        roots = [f"/servicePrincipals/{principal}/synchronization" for principal in principals]
        jobs, _ = await asyncio.gather(
            self.batch([f"{root}/jobs" for root in roots]), self.batch([f"{root}/secrets" for root in roots])
        )
        schemas = []
        for path, body in jobs.items():
            schemas += [f"{path}/{job.id}/schema" for job in msgspec.json.decode(body, type=Jobs).value]
        for body in (await self.batch(schemas)).values():
            msgspec.json.decode(body, type=Rules)


async def bare(origin: str, principals: list[str]) -> float:
    """Seconds that the bare loop takes."""
    limits = httpx.Limits(max_connections=IN_FLIGHT)
    async with httpx.AsyncClient(base_url=f"{origin}/beta", verify=False, limits=limits, timeout=60) as client:
        loop = BareLoop(client, asyncio.Semaphore(IN_FLIGHT))
        profile = "/onPremisesPublishingProfiles/provisioning"
        begun = time.perf_counter()
        filters = [question.request.path for question in questions(names(len(principals)))]
        chunks = [filters[start : start + ITEMS] for start in range(0, len(filters), ITEMS)]
        await asyncio.gather(
            client.get(profile), client.get(f"{profile}/agentGroups?$expand=agents"), *map(loop.batch, chunks)
        )
        parts = [principals[start : start + ITEMS] for start in range(0, len(principals), ITEMS)]
        await asyncio.gather(*map(loop.apps, parts))
        return time.perf_counter() - begun


def throttle(origin: str, size: str) -> None:
    """Set the class of throttling, with a full bucket."""
    for switch in ("off", size):
        httpx.post(f"{origin}/emulator/switches", json={"throttle": switch}).raise_for_status()


def main() -> None:
    """Print a figure for the large and the medium class, and those of the first plan of a tenant."""
    apps = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as text:
        floor = settled(Path(text), apps)
    with tempfile.TemporaryDirectory() as text:
        unsettled(Path(text), apps, floor)


def settled(folder: Path, apps: int) -> float:
    """Print the figures of a tenant that is as the spec says but for a few apps; give the bare loop's seconds."""
    with served(folder, write_settled_seed(folder, apps, differing=DIFFERING)) as origin:
        spec = str(write_spec(folder / "spec", apps, endpoint=origin))
        plan, validate = command("plan", spec), command("validate", spec)
        _, calls, found = asyncio.run(read(origin, apps))
        rounds = [one_round(origin, plan, list(found.values())) for _ in range(RUNS)]
        took = {name: statistics.median(each[name].wall for each in rounds) for name in rounds[0]}
        units = 3 * apps + apps // 15 + 4
        floors = {"L": took["bare"], "M": max(took["bare"], (units - UNITS["M"]) / UNITS["M"] * 10)}
        for size, at_most in (("L", 2), ("M", 1.25)):
            for name in ("read", "plan"):
                show(f"{name}, {CLASSES[size]}", took[f"{name} {size}"], floors[size], at_most=at_most)
        busy = {name: statistics.median(each[name].busy for each in rounds) for name in rounds[0]}
        show("plan, processor", busy["plan L"], busy["bare"])
        show("plan, memory", peak_memory(plan), peak_memory(validate), at_most=5, unit="MB")
        print(f"{calls} requests, {units} units; {DIFFERING} of {apps} apps are not as the spec says")
    return floors["L"]


def one_round(origin: str, plan: tuple[str, ...], principals: list[str]) -> dict[str, Cost]:
    """What the bare loop, a read and a plan take, the latter two with a full bucket in each class."""
    costs = {"bare": cost(lambda: asyncio.run(bare(origin, principals)))}
    for size in UNITS:
        throttle(origin, size)
        costs[f"read {size}"] = cost(lambda: asyncio.run(read(origin, len(principals)))[0])
        throttle(origin, size)
        costs[f"plan {size}"] = cost(process(plan))
    throttle(origin, "off")
    return costs


def cost(timer: Callable[[], float]) -> Cost:
    """The seconds that a timer gives, and the processor time that went by here and in the processes it ended."""
    before = os.times()
    wall = timer()
    return Cost(wall, sum(os.times()[:4]) - sum(before[:4]))


def unsettled(folder: Path, apps: int, floor: float) -> None:
    """Print the figures of a tenant's first plan, where every field of every app changes. No budget is meant for it."""
    with served(folder, write_seed(folder, apps)) as origin:
        spec = str(write_spec(folder / "spec", apps, endpoint=origin))
        plan = command("plan", spec)
        took = statistics.median(process(plan)() for _ in range(RUNS))
        show("first plan, large", took, floor)
        show("first plan, memory", peak_memory(plan), peak_memory(command("validate", spec)), unit="MB")


def command(verb: str, spec: str) -> tuple[str, ...]:
    """A verb on a spec, with time for everything."""
    limit = ("--time-limit", "600") if verb == "plan" else ()
    return (sys.executable, "-m", "reconciler", verb, spec, *limit)


def show(name: str, subject: float, floor: float, *, at_most: float = 0, unit: str = "s") -> None:
    """Print one figure, and how it stands to its budget where it has one."""
    ratio = subject / floor
    verdict = f"{'within' if ratio <= at_most else 'OVER'} {at_most} x" if at_most else ""
    figures = f"{subject:>8.2f} {unit:<2}   floor {floor:>8.2f} {unit:<2}   {ratio:>6.2f} x"
    print(f"{name:<18} {figures}   {verdict}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
