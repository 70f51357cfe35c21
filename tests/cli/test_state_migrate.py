"""Who changes `state` is told that the ledger stays behind, and takes it along with one command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from tests.cli.test_state import document, minimal
from tests.conftest import Reconciler
from tests.ledger.stores import REFERENCE, git_ref_store, run_git
from tests.ledger.test_store_contract import ELSEWHERE

STATE = f"\nstate: {{gitRef: {REFERENCE}}}\n"
SAYS_SO = "warning EPR436: the ledger is still in"
ANEW = "the ledger would begin anew, so nothing was done"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = minimal(tmp_path_factory.mktemp("once"))
    assert run_command_line(["apply", str(spec), "--yes", "--quiet"]) == ExitCode.DONE
    return spec


@pytest.fixture
def switched(once: Path, tmp_path: Path) -> Path:
    """Applied with the ledger in the directory; then `state` names a git reference at a remote."""
    spec = Path(shutil.copytree(once, tmp_path / "minimal"))
    run_git("init", "-q", "--bare", tmp_path / "remote.git")
    run_git("init", "-q", spec)
    run_git("-C", spec, "remote", "add", "origin", tmp_path / "remote.git")
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8") + STATE, encoding="utf-8")
    return spec


@pytest.mark.parametrize(
    "words",
    [
        ["plan"],
        ["drift"],
        ["status"],
        ["doctor"],
        ["history"],
        ["explain", "group/staff"],
        ["state", "list"],
        ["import", "--update"],
    ],
    ids=" ".join,
)
def test_every_verb_that_reads_the_ledger_says_that_it_stayed_behind(
    reconciler: Reconciler, switched: Path, words: list[str]
) -> None:
    told = " ".join(reconciler(*words, switched).err.split())
    assert SAYS_SO in told
    assert f"and none is in {REFERENCE} at origin" in told
    assert "take it along: reconciler state migrate; or remove that folder" in told


@pytest.mark.parametrize(
    "words", [["apply", "--yes"], ["state", "adopt", "group/staff"], ["state", "forget", "group/staff"]]
)
def test_nobody_begins_another_ledger_unawares(reconciler: Reconciler, switched: Path, words: list[str]) -> None:
    ran = reconciler(*words, switched)
    assert ran.code == ExitCode.ERROR
    assert ANEW in ran.err
    assert "error EPR436" in ran.err
    assert git_ref_store(switched).read() is None


def test_the_ledger_goes_along_and_is_the_one_that_is_read(reconciler: Reconciler, switched: Path) -> None:
    before = (switched / ".reconciler" / "emulator" / "ledger.json").read_bytes()
    ran = reconciler("state", "migrate", switched)
    assert ran.code == ExitCode.DONE, ran.err
    words = " ".join(ran.out.split())
    assert f"emulator to {REFERENCE} at origin: 5 things, 22 records of the journal and 1 snapshot." in words
    assert "is no longer read: remove it when the next plan is as you expect." in words
    assert "EPR436" not in ran.err
    plan = reconciler("plan", switched, "--detailed-exitcode")
    assert (plan.code, plan.err) == (ExitCode.DONE, "")
    newest, oldest = document("history", reconciler("history", switched, "--format", "json"))["history"]
    assert (newest["kind"], newest["from"], newest["to"]) == ("migrate", "directory", f"gitRef:{REFERENCE}")
    assert oldest["kind"] == "apply"
    assert "the ledger was taken along; by " in " ".join(reconciler("history", switched).out.split())
    assert (switched / ".reconciler" / "emulator" / "ledger.json").read_bytes() == before
    assert reconciler("apply", switched, "--yes", "--quiet").code == ExitCode.DONE
    again = reconciler("state", "migrate", switched)
    assert again.code == ExitCode.ERROR
    assert f"there is a ledger in {REFERENCE} at origin already" in again.err


def test_the_way_back_names_the_reference(reconciler: Reconciler, switched: Path) -> None:
    assert reconciler("state", "migrate", switched).code == ExitCode.DONE
    shutil.rmtree(switched / ".reconciler" / "emulator")
    root = switched / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace(STATE, ""), encoding="utf-8")
    ran = reconciler("state", "migrate", switched, "--from", REFERENCE)
    assert ran.code == ExitCode.DONE, ran.err
    kinds = [each["kind"] for each in json.loads(reconciler("history", switched, "--format", "json").out)["history"]]
    assert kinds == ["migrate", "migrate", "apply"]
    assert reconciler("plan", switched, "--detailed-exitcode").code == ExitCode.DONE


@pytest.mark.parametrize("other", ["there", "here"])
def test_while_somebody_works_on_either_place_nothing_is_taken_along(
    reconciler: Reconciler, switched: Path, other: str
) -> None:
    if other == "there":
        git_ref_store(switched).lock(ELSEWHERE)
    else:
        holder = {"host": ELSEWHERE.host, "pid": 1, "start": ELSEWHERE.start, "token": ELSEWHERE.token}
        (switched / ".reconciler" / "emulator" / "holder.json").write_text(json.dumps(holder), encoding="utf-8")
    ran = reconciler("state", "migrate", switched)
    assert ran.code == ExitCode.LOCKED
    assert "process 1 on host-b" in ran.err
    assert git_ref_store(switched).read() is None


def test_where_nothing_is_to_be_taken_along_no_place_is_made(reconciler: Reconciler, tmp_path: Path) -> None:
    spec = minimal(tmp_path)
    ran = reconciler("state", "migrate", spec)
    assert ran.code == ExitCode.USAGE
    assert "would be taken there from itself" in ran.err
    run_git("init", "-q", spec)
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8") + STATE, encoding="utf-8")
    none = reconciler("state", "migrate", spec)
    assert none.code == ExitCode.ERROR
    assert "there is no ledger in" in none.err
    assert not (spec / ".reconciler").exists()
