"""Whether drift stays quiet while the service says the same in other words: order, case, blanks, versions, defaults.

    python benchmarks/noise.py [LOOKS]

Each look is a whole read and plan of an applied spec, each answer in it is varied anew, and one difference ends it.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.properties.noise import Noise
from tests.properties.quiet import Watch

ROOT = Path(__file__).parent.parent
REPORT_EVERY = 1000


def applied(folder: Path) -> Path:
    """The minimal example, which its service agrees with."""
    spec = folder / "spec"
    shutil.copytree(ROOT / "examples" / "minimal", spec, ignore=shutil.ignore_patterns(".reconciler"))
    words = (sys.executable, "-m", "reconciler", "apply", str(spec), "--yes", "--quiet")
    subprocess.run(words, check=True, capture_output=True)
    return spec


async def look(spec: Path, looks: int) -> None:
    """Look so often, with a seed of its own each time, and print how many variations there were of which kind."""
    noise = Noise(random.Random(0))
    watch = Watch(spec, noise)
    begun = time.perf_counter()
    for number in range(looks):
        noise.chance.seed(number)
        noise.likely = noise.chance.random()
        plan = await watch.look()
        failed = [unknown for unknown in plan.unverifiable if unknown.cell.is_failure]
        if plan.changes or failed:
            raise SystemExit(f"look {number}: {plan.changes} {failed}")
        if (number + 1) % REPORT_EVERY == 0:
            print(f"{number + 1} looks, {noise.count:,} variations, no drift, {time.perf_counter() - begun:.0f} s")
    watch.close()
    for kind, count in sorted(noise.made.items()):
        print(f"{count:12,}  {kind}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(look(applied(Path(name)), int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
