"""`--quiet` and `--verbose`: what stands on stderr beside a result; the result itself is the same."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.main import program
from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler

CALL = re.compile(r"call    (GET|POST) /\S+  200 in \d+ ms  request-id [0-9a-f-]{36}")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A tenant in which one agent is down, which is a warning."""
    ignored = shutil.ignore_patterns(".reconciler")  # what somebody tried out there is no part of it
    directory = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal", ignore=ignored))
    seed = json.loads((directory / "live.seed.json").read_text(encoding="utf-8"))
    seed["agents"][0]["down"] = True
    (directory / "live.seed.json").write_text(json.dumps(seed), encoding="utf-8")
    return directory


def options_of(command: click.Command, context: click.Context, name: str) -> Iterator[tuple[str, set[str]]]:
    if isinstance(command, click.Group):
        for verb in command.list_commands(context):
            below = command.get_command(context, verb)
            assert below is not None
            yield from options_of(below, context, f"{name} {verb}".strip())
    else:
        yield name, {option for parameter in command.params for option in parameter.opts}


VERBS = dict(options_of(program, click.Context(program), ""))
ABOUT_A_SERVICE = [verb for verb, options in VERBS.items() if "--endpoint" in options]
READING = [verb for verb in ABOUT_A_SERVICE if "--time-limit" in VERBS[verb]]


def test_what_reads_a_service_can_be_told_which_how_loud_and_in_which_colour() -> None:
    assert {"plan", "apply", "drift", "status", "doctor", "explain", "import", "state adopt"} == set(READING)
    assert [verb for verb in READING if not {"--quiet", "--verbose", "--color"} <= VERBS[verb]] == []
    assert [verb for verb in READING if verb != "state adopt" and "--surface" not in VERBS[verb]] == []


def test_what_looks_at_the_record_of_a_service_can_be_told_to_be_quiet() -> None:
    assert [verb for verb in ABOUT_A_SERVICE if verb != "state unlock" and "--quiet" not in VERBS[verb]] == []


@pytest.mark.parametrize("verb", ["plan", "drift", "status", "history"])
def test_quiet_leaves_the_result_and_the_warnings_and_takes_the_notes(
    reconciler: Reconciler, spec: Path, verb: str
) -> None:
    """State in the reference of a clone without a remote is a note."""
    subprocess.run(["git", "init", "--quiet", str(spec)], check=True)
    root = spec / "reconciler.yaml"
    root.write_text(f"{root.read_text(encoding='utf-8')}state: {{gitRef: refs/reconciler/minimal}}\n", encoding="utf-8")
    usual, quiet = reconciler(verb, spec), reconciler(verb, spec, "--quiet")
    assert "note EPR428" in usual.err
    assert "note" not in quiet.err
    assert ("warning EPR410" in quiet.err) == ("warning EPR410" in usual.err)
    assert (quiet.out, quiet.code) == (usual.out, usual.code)


def test_a_quiet_apply_says_nothing_of_its_progress(reconciler: Reconciler, spec: Path) -> None:
    ran = reconciler("apply", spec, "--yes", "--quiet")
    assert ran.code == ExitCode.DONE
    assert "warning EPR410" in ran.err
    assert "Applying" not in ran.err
    assert "done" not in ran.err


def test_a_quiet_beginning_names_its_files_alone(reconciler: Reconciler, tmp_path: Path) -> None:
    usual, quiet = reconciler("init", tmp_path / "a"), reconciler("init", tmp_path / "b", "--quiet")
    assert usual.err.startswith("Next:")
    assert (quiet.out, quiet.err) == (usual.out, "")


def test_an_error_is_told_however_quiet(reconciler: Reconciler, spec: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ran = reconciler("plan", spec, "--quiet", "--time-limit", "1", "--endpoint", f"http://127.0.0.1:{port}")
    assert ran.code == ExitCode.UNREADABLE
    assert "error EPR4" in ran.err


@pytest.mark.parametrize("verb", ["plan", "drift", "status"])
def test_verbose_tells_each_call_with_its_request_id(reconciler: Reconciler, spec: Path, verb: str) -> None:
    usual, verbose = reconciler(verb, spec), reconciler(verb, spec, "--verbose")
    told = [line for line in verbose.err.splitlines() if line.startswith("call")]
    assert told
    assert all(CALL.fullmatch(line) for line in told)
    assert re.search(r"GET /servicePrincipals/\S+/jobs", verbose.err)
    assert (verbose.out, verbose.code) == (usual.out, usual.code)


def test_a_verbose_apply_tells_steps_and_calls_and_no_secret(
    reconciler: Reconciler, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYROLL_TOKEN", "open-sesame-open-sesame")
    ran = reconciler("apply", spec, "--yes", "--verbose")
    assert ran.code == ExitCode.DONE
    assert re.search(r"^call    POST /\S+  20[0-4] in ", ran.err, re.MULTILINE)
    assert re.search(r"^begin ", ran.err, re.MULTILINE)
    assert "sesame" not in ran.err


def test_verbose_tells_why_there_was_no_answer(reconciler: Reconciler, spec: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ran = reconciler("plan", spec, "--verbose", "--time-limit", "1", "--endpoint", f"http://127.0.0.1:{port}")
    assert re.search(r"^call    GET /\S+  the service cannot be reached in \d+ ms$", ran.err, re.MULTILINE)
