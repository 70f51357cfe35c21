"""Each folder here is a promise: a spec, a live tenant, and a session at the terminal that must come out word for word.

`session.txt` holds the commands, each followed by what it prints on stdout, what it prints on stderr with `2> ` before
each line, and `[exit N]`. Ids are numbered in the order in which they appear, so that two of them can be told apart:

    $ reconciler plan            the program, run in the spec's directory
    $ replace FOLDER             lay the files of FOLDER over the spec, as an edit in the repository would
    $ remove FILE                take a file out of the spec
    $ portal METHOD PATH [JSON]  what somebody does at the service meanwhile, past the program
    $ service PATH               what the service holds there, as somebody sees it who asks past the program

`pytest tests/scenarios --regenerate` writes what is printed into the sessions; read the difference before you commit it.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from reconciler.operations.edges.embedded import embedded_emulator
from tests.conftest import Reconciler

HERE = Path(__file__).parent
SCENARIOS = sorted(folder.name for folder in HERE.iterdir() if (folder / "session.txt").is_file())
MOMENT = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT)")
GUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
HOSTILE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What nothing that is printed may hold: it could move the cursor or turn the text around."""
DIGEST = re.compile(r"\b(sha256:)?[0-9a-f]{12,64}\b")


@dataclass
class Calm:
    """Takes out what differs from run to run: ids that the service made up, digests over them, and moments."""

    ids: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        return MOMENT.sub("<moment>", DIGEST.sub("<digest>", GUID.sub(self._numbered, text)))

    def _numbered(self, found: re.Match[str]) -> str:
        return self.ids.setdefault(found[0], f"<id {len(self.ids) + 1}>")


def ask(spec: Path, method: str, path: str, body: str = "") -> httpx.Response:
    """Call the embedded emulator past the program, as somebody at the portal does."""

    async def call() -> httpx.Response:
        emulator = embedded_emulator(spec, "live.seed.json")
        transport = httpx.ASGITransport(app=emulator)
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator/beta") as client:
            answer = await client.request(method, path.lstrip("/"), json=json.loads(body) if body else None)
            emulator.close()
            return answer

    return asyncio.run(call())


def portal(spec: Path, method: str, path: str, body: str = "") -> str:
    """Change something at the service; print the answer's status."""
    return f"{ask(spec, method, path, body).status_code}\n"


def service(spec: Path, path: str) -> str:
    """Print what the service holds, without the members that say where it stands."""
    answer = ask(spec, "GET", path).json()
    shown = answer.get("value", answer)
    return "".join(f"{json.dumps(entry)}\n" for entry in (shown if isinstance(shown, list) else [shown]))


def commands(spec: Path, folder: Path, reconciler: Reconciler) -> dict[str, Callable[..., str]]:
    """What a line of a session can do; each gives what it prints."""

    def run(*words: str) -> str:
        ran = reconciler(*words)
        assert not HOSTILE.search(ran.out + ran.err)
        told = "".join(f"2> {line}\n" for line in ran.err.splitlines())
        return f"{ran.out}{told}[exit {ran.code}]\n"

    def replace(name: str) -> str:
        shutil.copytree(folder / name, spec, dirs_exist_ok=True)
        return ""

    def remove(name: str) -> str:
        (spec / name).unlink()
        return ""

    return {
        "reconciler": run,
        "replace": replace,
        "remove": remove,
        "portal": lambda *words: portal(spec, *words),
        "service": lambda *words: service(spec, *words),
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reconciler: Reconciler,
    pytestconfig: pytest.Config,
) -> None:
    folder = HERE / name
    spec = Path(shutil.copytree(folder / "spec", tmp_path / "spec"))
    monkeypatch.chdir(spec)
    known = commands(spec, folder, reconciler)
    calm = Calm()
    golden = (folder / "session.txt").read_text(encoding="utf-8")
    played = []
    for line in golden.splitlines():
        if line.startswith("$ "):
            verb, *words = shlex.split(line[2:])
            played.append(f"{line}\n{calm(known[verb](*words))}")
        elif line.startswith("#"):
            played.append(f"{line}\n")
    session = "\n".join(played)
    if pytestconfig.getoption("--regenerate"):
        (folder / "session.txt").write_text(session, encoding="utf-8")
    assert session == golden


def test_every_scenario_stands_in_the_list_once() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", (HERE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == SCENARIOS
