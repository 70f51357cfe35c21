"""Somebody who does what an example shows: in a spec around the piece that it shows, at a tenant that fits its words."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from reconciler.report.rule_examples import Sample
from tests.conftest import Reconciler

FOUND = re.compile(r"\b(?:error|warning|note) (EPR\d{3}): ")
FILE = re.compile(r"^# ([\w./-]+\.ya?ml)$", re.MULTILINE)
SHELL = re.compile(r"[|&><;$]")
LEFT_OUT = "…"
ROOT_FILE = "reconciler.yaml"

Tables = Mapping[str, object]

SPEC: Tables = {
    "version": 1,
    "tenant": {
        "name": "contoso",
        "id": "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10",
        "endpoint": "emulator",
        "seed": "live.seed.json",
    },
    "policy": {"availability": "scim-two-active", "settle": "0s"},
    "agents": {
        "ams-1": {"machineName": "prov-ams-1.contoso.local", "egress": "isp-a"},
        "fra-1": {"machineName": "prov-fra-1.contoso.local", "egress": "isp-b"},
    },
    "groups": {"hr": {"displayName": "HR applications", "agents": ["ams-1", "fra-1"]}},
    "connectorHosts": {"ecma-1": {"address": "ecma-1.contoso.local"}},
}
"""What stands around the piece of a spec that an example shows; what the piece says itself takes its place."""


def id_of(number: int) -> str:
    """An id as the examples show them."""
    return f"0a4d6e21-0000-4000-8000-{number:012x}"


def agent(number: int, machine: str, **values: object) -> dict[str, object]:
    """An agent for a seed."""
    return {"id": id_of(number), "machineName": machine, "groups": ["HR applications"], **values}


def application(name: str, *jobs: str) -> dict[str, object]:
    """An application for a seed, with a job of each template."""
    return {
        "displayName": name,
        "template": "onPremisesScim",
        "jobs": [{"template": template, "state": "Active"} for template in jobs or ("default",)],
        "secrets": [{"key": "BaseAddress", "value": "https://crm.contoso.local/scim"}],
    }


DEFAULT_GROUP: Tables = {"id": id_of(0), "displayName": "Default group", "isDefault": True}
AMS = agent(0xA1, "prov-ams-1.contoso.local")
FRA = agent(0xA2, "prov-fra-1.contoso.local")
LIVE: Tables = {
    "version": 1,
    "tenant": {"id": "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10", "name": "contoso", "domain": "contoso.com"},
    "switches": {"settleSeconds": 0},
    "agents": [AMS, FRA],
    "agentGroups": [DEFAULT_GROUP, {"id": id_of(1), "displayName": "HR applications"}],
    "apps": [application("CRM")],
}
"""What is live, where an example says nothing else of it."""


@dataclass
class World:
    """A directory with a spec, and what was printed there."""

    root: Path
    reconciler: Reconciler
    monkeypatch: pytest.MonkeyPatch
    whole: bool = False
    printed: list[str] = field(default_factory=list)

    def holds(self, live: Tables) -> None:
        """Seed the service with what is live, anew; the ledger of the runs before stays."""
        for path in (self.root / ".reconciler").glob("emulator.db*"):
            path.unlink()
        (self.root / "live.seed.json").write_text(json.dumps({**LIVE, **live}), encoding="utf-8")

    def says(self, piece: str, other: str = "") -> None:
        """Write the spec that holds a piece, and around it what the piece needs and does not say itself.

        Where the piece is no YAML, the other one of the example says what it is about.
        """
        for path in self.root.rglob("*.y*ml"):
            path.unlink()
        files = files_of(piece)
        around = {} if self.whole else around_of(piece if sections_of(files) is not None else other)
        name = ROOT_FILE if ROOT_FILE not in files else "around.yaml"
        if around:
            files[name] = json.dumps(around)
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def shows(self, sample: Sample, other: Sample, *verb: str) -> set[str]:
        """Do what a sample shows. The rules that the last of its commands tells of."""
        self.monkeypatch.chdir(self.root)
        self.printed.clear()
        typed = list(commands(sample.text)) if sample.language == "console" else []
        if typed:
            for command, shown in typed:
                told = self.types(command)
                assert fits(shown, told), told
        else:
            pieces = [each.text for each in (sample, other) if each.language == "yaml"]
            self.says(pieces[0], pieces[-1])
            self.types(shlex.join(["reconciler", *verb]))
        return set(FOUND.findall(self.printed[-1]))

    def types(self, line: str) -> str:
        """Run one line of a console; what it printed on both streams. `reconciler` runs in this process."""
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            self.monkeypatch.setenv(*words[1].split("=", 1))
            return ""
        told = self._runs(words[1:]) if words[0] == "reconciler" and not SHELL.search(line) else self._shell(line)
        self.printed.append(told)
        return told

    def _runs(self, words: list[str]) -> str:
        ran = self.reconciler(*words)
        return ran.out + ran.err

    def _shell(self, line: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ran = subprocess.run(
            ["bash", "-c", line],
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "PATH": path},
        )
        return ran.stdout + ran.stderr


def commands(transcript: str) -> Iterator[tuple[str, str]]:
    """Each command of a console, and what stands there as printed by it."""
    for part in re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def fits(shown: str, told: str) -> bool:
    """Whether what was printed holds what an example shows of it, however its lines are broken."""
    words = (re.escape(" ".join(part.split())) for part in shown.split(LEFT_OUT))
    return re.search(r"\s*.*?\s*".join(words), " ".join(told.split())) is not None


def files_of(piece: str) -> dict[str, str]:
    """The files of a piece: a comment that names a file begins it."""
    parts = FILE.split(piece)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    return named or {"piece.yaml": piece}


def sections_of(files: Mapping[str, str]) -> dict[str, object] | None:
    """The sections that the files of a spec say, another spec below it left out; None where they are no YAML."""
    said: dict[str, object] = {}
    for name, text in files.items():
        if name.endswith(f"/{ROOT_FILE}"):
            continue
        try:
            table = YAML(typ="safe", pure=True).load(text) or {}
        except YAMLError:
            return None
        for section, value in table.items():
            keys = said.get(section)
            said[section] = {**keys, **value} if isinstance(keys, dict) else value
    return said


def around_of(piece: str) -> dict[str, object]:
    """What stands around a piece: no group where it has its own, of the agents those that some group names."""
    said = sections_of(files_of(piece)) or {}
    left = {section: _unsaid(value, said.get(section)) for section, value in SPEC.items()}
    if "groups" in said:
        left["groups"] = {}
        agents = left["agents"]
        assert isinstance(agents, dict)
        left["agents"] = {key: value for key, value in agents.items() if re.search(rf"\b{key}\b", piece)}
    return {section: value for section, value in left.items() if value}


def _unsaid(value: object, said: object) -> object:
    """What is left of a section where another file says some of its keys."""
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if not isinstance(said, dict) or key not in said}
    return value if said is None else None
