"""Follow a page of the documentation as a reader does: run its commands, make its edits, look at what it shows.

A page is read from the top. A block of `sh` is run line by line, one of `diff` is an edit, and one of `text` is what
the command before it prints. A command that ends with another code than 0 says so: `# exits with 2`. In a block of
`text` the sign … stands for what differs from run to run or was left out: alone on a line for lines, else for words.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import Ran, Reconciler

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENDS = re.compile(r"\s+# exits with (\d+)\b[^\n]*$")
SHELL = re.compile(r"[|&><;$]")
LEFT_OUT = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where in the page that text stands."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, from the top."""
    return [Block(found[1], found[2], found.start(2), found.end(2)) for found in BLOCK.finditer(page)]


def commands(block: str) -> Iterator[tuple[str, int]]:
    """Each command of a block and the exit code that the page promises."""
    for line in block.replace("\\\n", " ").splitlines():
        found = ENDS.search(line)
        yield (line[: found.start()], int(found[1])) if found else (line, 0)


def shows(shown: str, printed: str) -> bool:
    """Whether a block that a page shows is what was printed."""
    lines = []
    for line in shown.rstrip().splitlines():
        words = r"[^\n]*?".join(re.escape(part) for part in line.rstrip().split(LEFT_OUT))
        lines.append(r"(?:[^\n]*\n)*?" if line.strip() == LEFT_OUT else words + r"[ ]*\n")
    return re.fullmatch("".join(lines), printed.strip("\n") + "\n") is not None


def edited(text: str, diff: str) -> str:
    """A text after an edit: what the diff takes away and keeps has to stand in it exactly once."""
    before = "".join(f"{line[1:]}\n" for line in diff.splitlines() if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in diff.splitlines() if not line.startswith("-"))
    assert text.count(before) == 1, f"the file does not hold this once:\n{before}"
    return text.replace(before, after)


class Agreeing(io.StringIO):
    """A terminal at which somebody says yes to whatever is asked."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def readline(self, size: int | None = -1, /) -> str:
        """Yes."""
        return "y\n"


@dataclass
class Reader:
    """Somebody at a terminal, in a directory, who types what a page says."""

    reconciler: Reconciler
    monkeypatch: pytest.MonkeyPatch
    directory: Path
    port: str
    servers: list[subprocess.Popen[str]] = field(default_factory=list)
    last: Ran = field(default_factory=lambda: Ran(0, "", ""))

    def types(self, line: str, code: int = 0) -> None:
        """Run one line; the exit code has to be this one. `reconciler` runs in this process where no shell is needed."""
        line, there = self._with_free_port(line), os.fspath(self.directory)
        self.monkeypatch.chdir(there)
        words = shlex.split(line)
        if words[:3] == ["reconciler", "emulator", "serve"]:
            self._serve(words)
        elif words[0] == "export":
            for each in words[1:]:
                self.monkeypatch.setenv(*each.split("=", 1))
        elif words[0] == "reconciler" and not SHELL.search(line.replace("'", "")):
            self.monkeypatch.setattr(sys, "stdin", Agreeing())
            self._look(line, self.reconciler(*words[1:]), code)
        else:
            self._look(line, self._shell(line), code)

    def edits(self, diff: str) -> None:
        """Edit the one file that a diff names in its two first lines; from /dev/null it is made."""
        old, new, rest = diff.split("\n", 2)
        path = self.directory / new.removeprefix("+++ ")
        if old == "--- /dev/null":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line[1:]}\n" for line in rest.splitlines()), encoding="utf-8")
            return
        path.write_text(edited(path.read_text(encoding="utf-8"), rest), encoding="utf-8")

    def sees(self, shown: str) -> bool:
        """Whether the last command printed this, on either stream."""
        return any(shows(shown, printed) for printed in (self.printed(), self._with_old_port(self.last.err)))

    def printed(self) -> str:
        """What the last command printed as its result, with the port that the page names."""
        return self._with_old_port(self.last.out)

    def leaves(self) -> None:
        """End what was started in other terminals."""
        for server in self.servers:
            server.terminate()
            server.wait(timeout=20)
            assert server.stdout is not None
            server.stdout.close()

    def _look(self, line: str, ran: Ran, code: int) -> None:
        assert ran.code == code, f"{line}\nended with {ran.code}\n{ran.out}\n{ran.err}"
        self.last = ran

    def _shell(self, line: str) -> Ran:
        """Run a line by the shell, in the reader's directory, and stay where it goes."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ran = subprocess.run(
            ["bash", "-c", f"set -e; {line}\nprintf '\\0%s' \"$PWD\""],
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
            env={**os.environ, "PATH": path},
        )
        printed, _, here = ran.stdout.partition("\0")
        self.directory = Path(here) if here else self.directory
        return Ran(ran.returncode, printed, ran.stderr)

    def _serve(self, words: list[str]) -> None:
        """Start the emulator as in another terminal, and wait until it listens."""
        command = [sys.executable, "-m", *words]
        server = subprocess.Popen(command, text=True, stdout=subprocess.PIPE)
        self.servers.append(server)
        assert server.stdout is not None
        self.last = Ran(0, server.stdout.readline(), "")
        assert self.last.out.startswith("listening on ")

    def _with_free_port(self, line: str) -> str:
        return re.sub(r"(--port |127\.0\.0\.1:)8\d{3}\b", rf"\g<1>{self.port}", line)

    def _with_old_port(self, text: str) -> str:
        return text.replace(f"127.0.0.1:{self.port}", "127.0.0.1:8080")
