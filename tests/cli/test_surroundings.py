"""Wherever the program is started, whatever reads it, and whatever the service calls its things: a calm answer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler
from tests.report.rendered import loose

READING = ("validate", "plan", "drift", "status", "fmt", "history")
COLOR = re.compile(r"\x1b\[")
MAY_NOT_BE_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize(
    ("where", "says", "does"),
    [
        ("empty", "holds no reconciler.yaml", "give the directory that holds reconciler.yaml"),
        ("contoso/agents.yaml", "is no directory", "give its directory: "),
        ("contoso/apps", "is a part of the spec in", "give the whole: "),
        ("nowhere", "there is no directory", "give the directory that holds reconciler.yaml"),
    ],
)
def test_what_is_no_spec_is_one_line_that_says_what_to_do(
    reconciler: Reconciler, contoso: Path, verb: str, where: str, says: str, does: str
) -> None:
    (contoso.parent / "empty").mkdir()
    ran = reconciler(verb, contoso.parent / where)
    assert ran.code == ExitCode.USAGE
    said, hint = ran.err.splitlines()
    assert says in said
    assert hint.startswith(f"  hint: {does}")
    assert ran.out == ""


def test_an_empty_spec_is_refused(reconciler: Reconciler, contoso: Path) -> None:
    for path in ("agents.yaml", "apps", "mappings"):
        target = contoso / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    ran = reconciler("apply", contoso, "--yes")
    assert ran.code == ExitCode.ERROR
    assert "the spec declares no agents, no groups and no apps" in ran.err


def test_a_spec_that_lost_a_file_in_a_merge_is_guarded_with_counts(reconciler: Reconciler, contoso: Path) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    assert reconciler("apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql").code == 0
    for name in ("crm-scim", "hr-sql", "intranet-scim"):
        (contoso / "apps" / f"{name}.yaml").unlink()
    ran = reconciler("apply", contoso, "--yes", "--quiet")
    assert ran.code == ExitCode.GUARD_REFUSED
    said = " ".join((ran.out + ran.err).split())
    assert "3 of 6" in said
    for name in ("crm-scim", "hr-sql", "intranet-scim"):
        assert f"--ack app/{name}" in said


def started(*words: str | Path, cwd: Path | None = None, shell: str = "", **environment: str) -> tuple[int, str, str]:
    """The program in a process of its own, in a bare environment; `shell` stands behind the command."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(cwd or "/nonexistent"), **environment}
    command = " ".join(f"'{word}'" for word in (sys.executable, "-m", "reconciler", *words))
    ran = subprocess.run(["bash", "-c", f"{command} {shell}"], cwd=cwd, env=bare, capture_output=True, check=False)
    return ran.returncode, ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace")


def test_a_reader_that_goes_away_is_no_fault(contoso: Path) -> None:
    code, out, err = started("plan", contoso, "--steps", "--quiet", shell="| head -n 1")
    assert code == 0
    assert out.startswith("Plan for emulator")
    assert out.count("\n") == 1
    assert "Traceback" not in err
    assert "Broken pipe" not in err


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"LANG": "C"}, {"LC_ALL": "C"}, {}])
@pytest.mark.parametrize("verb", ["validate", "plan", "status"])
def test_without_a_terminal_there_is_text_and_no_colour(contoso: Path, environment: dict[str, str], verb: str) -> None:
    code, out, err = started(verb, contoso, **environment)
    assert code == 0
    assert not COLOR.search(out + err)
    assert "Traceback" not in err
    assert out


def test_progress_goes_to_stderr_so_that_it_can_be_put_away(contoso: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code, out, err = started("plan", contoso, "--verbose", shell=f"2>'{log}'")
    assert (code, err) == (0, "")
    assert "GET" in log.read_text(encoding="utf-8")
    assert started("plan", contoso)[1] == out


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
@pytest.mark.parametrize(("environment", "coloured"), [({"NO_COLOR": "1"}, False), ({"TERM": "xterm"}, True)])
def test_a_narrow_terminal_gets_lines_that_fit(contoso: Path, environment: dict[str, str], coloured: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "40", **environment}
    words = [sys.executable, "-m", "reconciler", "validate", str(ROOT / "examples" / "broken")]
    ran = subprocess.Popen(words, stdout=theirs, stderr=theirs, env=bare)
    os.close(theirs)
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    assert ran.wait(timeout=60) == ExitCode.ERROR
    text = b"".join(pieces).decode("utf-8")
    assert bool(COLOR.search(text)) == coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    long = [line.strip() for line in plain.replace("\r", "").split("\n") if len(line) > 40]
    # Words stay whole, so that they can be copied: addresses, URLs, and the place of a finding with its rule.
    whole = re.compile(r"(\w+ +)?\S+|\S+: (error|warning) EPR\d+:")
    assert [line for line in long if not whole.fullmatch(line)] == []


HOSTILE = "x\x1b[2J\u202e</td></details>|`@octocat #1 [a](https://evil.example)\r\nPlan: 0 to add"
PIECES = ("@octocat", "</td>", "</details>", "[a](", "https://evil.example")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A spec whose tenant calls a group, an agent and an application what nobody should."""
    spec = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal"))
    seed = spec / "live.seed.json"
    document = json.loads(seed.read_text(encoding="utf-8"))
    document["agentGroups"].append({"displayName": f"group {HOSTILE}"})
    document["agents"].append({"machineName": f"agent {HOSTILE}", "externalIp": "203.0.113.99"})
    seed.write_text(json.dumps(document), encoding="utf-8")
    return spec


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
@pytest.mark.parametrize("verb", ["plan", "drift"])
def test_a_hostile_name_is_text_in_every_format(reconciler: Reconciler, hostile: Path, verb: str, form: str) -> None:
    ran = reconciler(verb, hostile, "--format", form)
    assert "Traceback" not in ran.err
    assert not MAY_NOT_BE_SHOWN.search(ran.out + ran.err)
    if form == "markdown":
        assert not [piece for found in loose(ran.out) for piece in PIECES if piece in found]
    if form in {"text", "markdown"}:
        assert sum(line.startswith("Plan: ") for line in ran.out.splitlines()) <= 1


@pytest.mark.parametrize("words", [("status", "--all"), ("explain", "group/staff")])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_hostile_name_is_text_where_one_looks(
    reconciler: Reconciler, hostile: Path, words: tuple[str, ...], form: str
) -> None:
    verb, *rest = words
    arguments = [*rest, hostile] if verb == "explain" else [hostile, *rest]
    ran = reconciler(verb, *arguments, "--format", form)
    assert not MAY_NOT_BE_SHOWN.search(ran.out + ran.err)
