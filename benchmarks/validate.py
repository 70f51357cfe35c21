"""What validating a spec costs: time and peak memory, against a process that composes the same files in C.

python benchmarks/validate.py [APPS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measure import alternate, peak_memory, process
from worlds import write_spec

COMPOSE = """
import pathlib, sys
from _ruamel_yaml import CParser
from ruamel.yaml.resolver import Resolver

class Composer(CParser, Resolver):
    def __init__(self, stream):
        CParser.__init__(self, stream)
        Resolver.__init__(self)

trees = [Composer(file.read_bytes()).get_single_node() for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml"))]
"""


def main() -> None:
    """Print the figures of time and of memory."""
    apps = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as folder:
        spec = str(write_spec(Path(folder) / "spec", apps))
        validate = (sys.executable, "-m", "reconciler", "validate", spec)
        compose = (sys.executable, "-c", COMPOSE, spec)
        print(alternate(f"validate {apps:,} apps", process(validate), process(compose), at_most=2.2))
        subject, floor = peak_memory(validate), peak_memory(compose)
        verdict = "within" if subject <= 1.3 * floor else "OVER"
        print(f"its peak memory: {subject:.0f} MB   floor {floor:.0f} MB   {subject / floor:.2f} x   {verdict} 1.3 x")


if __name__ == "__main__":
    main()
