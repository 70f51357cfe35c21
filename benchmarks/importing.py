"""How long it takes to import a tenant as years at the portal leave it, and whether what is imported holds.

The tenant is served with names in six scripts, duplicates and odd characters. It is imported twice (the files must be
equal byte for byte), planned (to nothing), put on record by an apply (without a change), and after 30 edits at the
portal, of every kind that a spec manages, `drift` must name exactly those.

python benchmarks/importing.py [APPS]
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))
from reconciler.operations.validate import valid_spec
from tests.importing.portal_tenant import TENANT, seed
from tests.properties.editor import KINDS, Editor

EDITS = 30


def reconciler(*words: object, expect: int = 0) -> tuple[str, float]:
    """Run the program; give what it printed and how long it took."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", *map(str, words)], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - begun
    if done.returncode != expect:
        raise SystemExit(f"reconciler {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout, took


def files(spec: Path) -> dict[str, bytes]:
    """What an import wrote."""
    return {str(path.relative_to(spec)): path.read_bytes() for path in sorted(spec.rglob("*.yaml"))}


def edit(url: str, spec: Path) -> set[str]:
    """Change 30 values at the portal, of every kind that drift can name; give the fields that were changed."""
    with httpx.Client(base_url=f"{url}/beta", timeout=30) as client:

        def call(method: str, path: str, body: object) -> httpx.Response:
            return client.request(method, path, json=body)

        editor = Editor(valid_spec(spec)[0].desired, random.Random(7), call)
        changed = editor.edit(EDITS)
    if editor.kinds != KINDS:
        raise SystemExit(f"no edit was made of these kinds: {sorted(KINDS - editor.kinds)}")
    return changed


def main(apps: int) -> None:
    """Import, plan, adopt, edit, drift; print how long each took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "portal.seed.json"
        source.write_text(json.dumps(seed(apps)), encoding="utf-8")
        serve = [sys.executable, "-m", "reconciler", "emulator", "serve", "--seed", str(source)]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                measure(folder, server.stdout.readline().split()[-1], apps)
            finally:
                server.terminate()


def measure(folder: Path, url: str, apps: int) -> None:
    """All of it against a tenant that is served at a URL."""
    one, two = folder / "one", folder / "two"
    words = ("--tenant", TENANT, "--endpoint", url, "--name", "portal")
    _, took = reconciler("import", one, *words)
    print(f"import of {apps} apps       {took:6.1f} s   (at most 60)")
    reconciler("import", two, *words)
    print(f"imported again equal     {files(one) == files(two)}")
    _, took = reconciler("plan", one, "--detailed-exitcode")
    print(f"plan, to nothing         {took:6.1f} s")
    reconciler("fmt", one, "--check")
    reconciler("apply", one, "--yes", "--quiet")
    reconciler("drift", one)
    changed = edit(url, one)
    out, took = reconciler("drift", one, "--format", "json", expect=2)
    drift = json.loads(out)["drift"]
    named = {f"{change['address']} {field['field']}" for change in drift for field in change["fields"]}
    print(f"drift after {len(changed)} edits     {took:6.1f} s   names exactly those: {named == changed}")
    if files(one) != files(two) or named != changed or len(changed) != EDITS:
        raise SystemExit(f"missed: {sorted(changed - named)}; made up: {sorted(named - changed)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
