"""The help of every verb fits a screen, and each of its examples does what it says when it is typed as it stands."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.main import program
from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler
from tests.docs.follow import Reader
from tests.forge.hub import REPOSITORY, TOKEN, Hub, listening

LINES, COLUMNS = 24, 80
LINES_OF_ALL = 32
"""The help of the program is a line for each verb."""

COMMIT = "c0ffee" + "0" * 34


def verbs(command: click.Command = program, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each verb, also of those within a group; at first none, which is the program."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            within = command.get_command(context, name)
            assert within is not None
            yield from verbs(within, (*words, name))


VERBS = list(verbs())


def examples(words: tuple[str, ...]) -> list[str]:
    """The examples of a verb's help, as a person would copy them."""
    command: click.Command = program
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word) or command
    lines = [line.strip() for line in (command.epilog or "").split("\n")]
    return [line for line in lines if line.startswith("reconciler ")]


EXAMPLES = list(dict.fromkeys(example for words in VERBS for example in examples(words)))


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_the_help_of_each_verb_fits_a_screen_and_has_two_examples(
    reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    ran = reconciler(*words, "--help")
    assert ran.code == ExitCode.DONE
    lines = ran.out.splitlines()
    assert len(lines) <= (LINES if words else LINES_OF_ALL), ran.out
    assert [line for line in lines if len(line) > COLUMNS] == []
    if words:
        assert sum(line.startswith(f"    {' '.join(('reconciler', *words))}") for line in lines) >= 2


BEFORE = {
    "reconciler import contoso --tenant": (
        f"reconciler emulator serve --port 8080 --seed {ROOT}/examples/contoso/live.seed.json",
    ),
    "reconciler import contoso --update": ("rm contoso/apps/hr-sql.yaml",),
    "reconciler show": ("reconciler plan --out change.plan.json",),
    "reconciler apply change.plan.json": ("reconciler plan contoso --ack app/ledger-sql --out change.plan.json",),
    "reconciler publish": (
        "reconciler plan --out plan.json --format markdown > plan.md",
        "cp plan.md findings.md; cp plan.md drift.md",
    ),
    "reconciler publish reviewed --name": (
        "reconciler publish comment --file plan.md --plan plan.json --name contoso --number 7",
    ),
    "reconciler publish reviewed --number": ("reconciler publish comment --file plan.md --plan plan.json --number 12",),
    "reconciler state migrate": ("git init -q", "echo 'state: {gitRef: refs/reconciler/new}' >> reconciler.yaml"),
    "reconciler state migrate --from": (
        "reconciler state migrate",
        "git update-ref refs/reconciler/entra refs/reconciler/new",
        "git update-ref -d refs/reconciler/new",
    ),
    "reconciler mapping eval 'ToLower([mail])' --user ada.json": ('echo \'{"mail": "ADA@contoso.com"}\' > ada.json',),
    "reconciler mapping eval --batch lines.jsonl": ('echo \'{"expression": "Now()"}\' > lines.jsonl',),
    "reconciler emulator reset": (
        "reconciler emulator seed live.seed.json --db tenant.db",
        "reconciler emulator seed live.seed.json --db contoso.db",
    ),
}
"""What has to be there before an example, by how it begins."""

BEHIND = {"reconciler import contoso --tenant": " --endpoint http://127.0.0.1:8080"}
"""What is typed behind an example: no test asks Graph."""

NOWHERE = ("reconciler init", "reconciler import contoso --tenant")
"""What begins in an empty directory."""

APPLIED = ("reconciler history", "reconciler state", "reconciler status")
"""What tells of what was applied."""

ENDS = {
    "reconciler plan --out change.plan.json --detailed-exitcode": ExitCode.CHANGES,
    "reconciler drift": ExitCode.CHANGES,
    "reconciler drift contoso --accept app/ledger-sql/group": ExitCode.CHANGES,
}
"""Examples that end with another code than 0: this tenant has drifted from the start."""


def copied(source: Path, clone: Path) -> Path:
    """A clone of the examples, in which memberships settle at once; what somebody tried out here is no part of it."""
    tried = () if source != ROOT else (".reconciler",)
    shutil.copytree(source / "examples", clone / "examples", ignore=shutil.ignore_patterns(*tried))
    root = clone / "examples" / "contoso" / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    return clone


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the examples, in which contoso was applied."""
    clone = tmp_path_factory.mktemp("applied") / "clone"
    copied(ROOT, clone)
    contoso = str(clone / "examples" / "contoso")
    assert run_command_line(["apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql"]) == ExitCode.DONE
    return clone


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A GitHub on loopback; this process seems to be a run for its pull request 7."""
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7}}', encoding="utf-8")
    with listening(Hub()) as served:
        served.merge(7, COMMIT)
        for name, value in {
            "API_URL": served.base,
            "REPOSITORY": REPOSITORY,
            "TOKEN": TOKEN,
            "EVENT_PATH": str(event),
            "SHA": COMMIT,
        }.items():
            monkeypatch.setenv(f"GITHUB_{name}", value)
        monkeypatch.setenv("code", "2")
        yield served


@pytest.fixture
def reader(reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Reader]:
    """Somebody at a terminal in an empty directory."""
    (tmp_path / "here").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    somebody = Reader(reconciler, monkeypatch, tmp_path / "here", str(port))
    yield somebody
    somebody.leaves()


def place(example: str, clone: Path) -> Path:
    """Where an example is typed: its directory is named from there."""
    if "examples/contoso" in example:
        return clone
    return (
        clone / "examples" if re.search(r"(?<!--name )\bcontoso\b(?!\.db)", example) else clone / "examples" / "contoso"
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_does_what_it_says(example: str, reader: Reader, request: pytest.FixtureRequest) -> None:
    if example.startswith("reconciler publish"):
        request.getfixturevalue("hub")
    if not example.startswith(NOWHERE):
        source = request.getfixturevalue("applied") if example.startswith(APPLIED) else ROOT
        reader.directory = place(example, copied(source, reader.directory / "clone"))
    for begins, lines in BEFORE.items():
        for line in lines if example.startswith(begins) else ():
            reader.types(line)
    behind = next((words for begins, words in BEHIND.items() if example.startswith(begins)), "")
    reader.types(example + behind, ENDS.get(example, ExitCode.DONE))
