"""What it costs to start: --help, --version, and a plan without changes on the embedded emulator."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measure import alternate, process

RECONCILER = (str(Path(sys.executable).with_name("reconciler")),)
FLOOR = (sys.executable, "-c", "import click")


def main() -> None:
    """Print the three figures."""
    floor = process(FLOOR)
    print(alternate("--help", process((*RECONCILER, "--help")), floor, at_most=1.35))
    print(alternate("--version", process((*RECONCILER, "--version")), floor, at_most=1.15))
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "contoso"
        shutil.copytree(Path(__file__).parent.parent / "examples" / "contoso", spec)
        process((*RECONCILER, "apply", str(spec), "--yes", "--quiet", "--ack", "app/ledger-sql"))()
        plan = process((*RECONCILER, "plan", str(spec), "--detailed-exitcode"))
        print(alternate("plan without changes, contoso, embedded", plan, floor, at_most=8))


if __name__ == "__main__":
    main()
