"""How long it takes to import a tenant as years at the portal leave it, and whether what is imported holds.

The tenant is served with names in six scripts, duplicates and odd characters. It is imported twice (the files must be
equal byte for byte), planned (to nothing), put on record by an apply (without a change), and after 30 edits at the
portal `drift` must name exactly those.

python benchmarks/importing.py [APPS]
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.importing.portal_tenant import TENANT, seed

EDITS = 30
PROFILE = "/beta/onPremisesPublishingProfiles/provisioning"


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


def edit(url: str, spec: Path, chance: random.Random) -> set[str]:
    """Change 30 values at the portal; give the addresses of the things that were changed."""
    edits: list[Callable[[], str | None]] = []
    with httpx.Client(base_url=url, timeout=30) as client:
        for path in sorted((spec / "apps").glob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            principal = re.search(r"servicePrincipal: \{id: ([0-9a-f-]+)\}", text)
            if principal and "job: {" in text:
                edits.append(lambda key=path.stem, live_id=principal[1], text=text: _job(client, key, live_id, text))
            if principal and "scope: " in text:
                edits.append(lambda key=path.stem, live_id=principal[1]: _scope(client, key, live_id))
        changed: set[str] = set()
        for make in chance.sample(edits, len(edits)):
            address = make() if len(changed) < EDITS else None
            changed |= {address} if address else set()
        return changed


def _job(client: httpx.Client, key: str, principal: str, text: str) -> str | None:
    jobs = f"/beta/servicePrincipals/{principal}/synchronization/jobs"
    job = client.get(jobs).raise_for_status().json()["value"][0]["id"]
    action = "pause" if "enabled: true" in text else "start"
    return f"app/{key}" if client.post(f"{jobs}/{job}/{action}").is_success else None


def _scope(client: httpx.Client, key: str, principal: str) -> str | None:
    path = f"/beta/servicePrincipals/{principal}/synchronization/secrets"
    entries: list[dict[str, Any]] = client.get(path).raise_for_status().json()["value"]
    for entry in entries:
        if entry["key"] == "SyncAll":
            entry["value"] = "False" if entry["value"] == "True" else "True"
    return f"app/{key}" if client.put(path, json={"value": entries}).is_success else None


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
    changed = edit(url, one, random.Random(7))
    out, took = reconciler("drift", one, "--format", "json", expect=2)
    named = set(re.findall(r'"address": ?"(app/[^"/]+)', json.dumps(json.loads(out)["drift"])))
    print(f"drift after {len(changed)} edits     {took:6.1f} s   names exactly those: {named == changed}")
    if files(one) != files(two) or named != changed or len(changed) != EDITS:
        raise SystemExit(f"missed: {sorted(changed - named)}; made up: {sorted(named - changed)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
