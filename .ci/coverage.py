"""Run the tests once more under measurement: the pure core must be covered whole, the package at 95 %, by branches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PURE = ("model", "plan", "policy", "mapping", "spec", "msgraph/wire")
WHOLE_AT_LEAST = 95.0


def main() -> int:
    """Print what is not covered; give 1 where that is too much."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        pytest = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--cov",
            f"--cov-report=json:{report}",
            # Real processes, which are not measured; the README's line has run them.
            "--ignore=tests/endtoend",
            *sys.argv[1:],
        ]
        code = subprocess.run(pytest, check=False).returncode
        found = json.loads(report.read_text(encoding="utf-8"))
    missing = 0
    for name, file in sorted(found["files"].items()):
        inside = name.removeprefix("reconciler/")
        if inside.startswith(tuple(f"{part}/" for part in PURE)) and file["summary"]["percent_covered"] < 100:
            missing += 1
            print(f"{name}: lines {file['missing_lines']}, branches {file['missing_branches']}")
    whole = found["totals"]["percent_covered"]
    print(
        f"branch coverage: {whole:.1f} % of the package (at least {WHOLE_AT_LEAST} %), {missing} core files not whole"
    )
    return 1 if code or missing or whole < WHOLE_AT_LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
