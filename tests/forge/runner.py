"""A runner of GitHub Actions, as small as the example's workflows need: a fresh clone, and the `run:` steps as listed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.forge.hub import REPOSITORY, TOKEN, Hub

EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
DATABASE = Path(".reconciler", "emulator.db")


def workflow(name: str) -> dict[str, Any]:
    """A workflow of the example, as YAML 1.2, in which `on` is a word."""
    file = ROOT / "examples" / "contoso" / ".github" / "workflows" / f"{name}.yml"
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return found


@dataclass
class Step:
    """What one step gave."""

    name: str
    code: int
    out: str
    err: str


@dataclass
class Job:
    """What one job gave. `skipped` where its condition does not hold."""

    steps: list[Step] = field(default_factory=list)
    summary: str = ""
    skipped: bool = False

    @property
    def code(self) -> int:
        return self.steps[-1].code

    @property
    def words(self) -> str:
        return "".join(step.out + step.err for step in self.steps)


def git(where: Path, *words: str) -> str:
    """Run git there and give its first line."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "ada@contoso.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    done = subprocess.run(["git", *words], cwd=where, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass
class Runner:
    """Runs jobs for a bare repository. The service, the example's emulator, outlives each run below `root`."""

    root: Path
    origin: Path
    hub: Hub
    runs: int = 0

    def run(self, name: str, job: str, commit: str, event: Path | None = None, **context: str) -> Job:
        """Run a job in a fresh clone of a commit; `context` are expressions, with `_` for `.`."""
        self.runs += 1
        here = self.root / f"run-{self.runs}"
        work, temp = here / "work", here / "temp"
        temp.mkdir(parents=True)
        git(here, "clone", "--quiet", str(self.origin), "work")
        git(work, "checkout", "--quiet", commit)
        found = workflow(name)
        known = {
            "github.token": TOKEN,
            "github.repository": REPOSITORY,
            "github.server_url": self.hub.base,
            **{name.replace("__", "."): value for name, value in context.items()},
        }
        if not holds(found["jobs"][job].get("if", ""), known):
            return Job(skipped=True)
        with self._service(work):
            return self._job(found, found["jobs"][job], work, temp, known, self._environment(temp, commit, event))

    def _job(
        self,
        found: dict[str, Any],
        job: dict[str, Any],
        work: Path,
        temp: Path,
        known: dict[str, str],
        environment: dict[str, str],
    ) -> Job:
        done = Job()
        assert found["defaults"]["run"]["shell"] == "bash"
        for step in job["steps"]:
            if "run" not in step:
                continue
            given = {**job.get("env", {}), **step.get("env", {})}
            settings = {key: EXPRESSION.sub(lambda word: known[word[1]], value) for key, value in given.items()}
            script = temp / "script.sh"
            script.write_text(step["run"], encoding="utf-8")
            ran = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=work,
                env={**environment, **settings},
                capture_output=True,
                text=True,
                check=False,
            )
            done.steps.append(Step(step["name"], ran.returncode, ran.stdout, ran.stderr))
            for line in (temp / "output").read_text(encoding="utf-8").splitlines():
                key, _, value = line.partition("=")
                known[f"steps.{step['id']}.outputs.{key}"] = value
            (temp / "output").write_text("", encoding="utf-8")
            if ran.returncode:
                break
        done.summary = (temp / "summary").read_text(encoding="utf-8")
        return done

    def _environment(self, temp: Path, commit: str, event: Path | None) -> dict[str, str]:
        program = temp / "bin" / "reconciler"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        for name in ("output", "summary"):
            (temp / name).touch()
        return {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(temp),
            "COLUMNS": "120",
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "ada",
            "GITHUB_API_URL": self.hub.base,
            "GITHUB_EVENT_PATH": str(event or ""),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": git(self.origin, "rev-parse", commit),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
        }

    def _service(self, work: Path) -> Service:
        return Service(self.root / "service.db", work / DATABASE)


@dataclass
class Service:
    """The service of a run: its database is laid into the clone, and taken back when the run ends."""

    kept: Path
    used: Path

    def __enter__(self) -> Path:
        self.used.parent.mkdir(exist_ok=True)
        if self.kept.exists():
            shutil.copy(self.kept, self.used)
        return self.used

    def __exit__(self, *_: object) -> None:
        if self.used.exists():
            shutil.copy(self.used, self.kept)


def holds(condition: str, known: dict[str, str]) -> bool:
    """Whether comparisons that are joined by `&&` hold."""

    def value(word: str) -> str:
        return word[1:-1] if word.startswith("'") else known[word]

    for part in filter(None, condition.split(" && ")):
        left, sign, right = part.split(" ")
        if (value(left) == value(right)) != (sign == "=="):
            return False
    return True
