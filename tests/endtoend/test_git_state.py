"""A whole company's apply with its state in a git reference: two runners, one remote, and no secret in any object."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler
from tests.endtoend.conftest import CONTOSO_ACK, Run, Server
from tests.ledger.stores import REFERENCE, run_git


@pytest.fixture
def runners(contoso: Path, tmp_path: Path, server: Server) -> tuple[Run, Run]:
    """Two clones of one repository, each as a runner would have it, and one service."""
    root = contoso / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    assert "\nstate:" not in text
    root.write_text(f"{text}\nstate: {{gitRef: {REFERENCE}}}\n", encoding="utf-8")
    run_git("init", "-q", "-b", "main", contoso)
    run_git("-C", contoso, "add", "-f", ".")
    run_git("-C", contoso, "-c", "user.name=Ada", "-c", "user.email=a@example.com", "commit", "-q", "-m", "spec")
    run_git("clone", "-q", "--bare", contoso, tmp_path / "remote.git")
    for name in ("one", "two"):
        run_git("clone", "-q", "--depth=1", (tmp_path / "remote.git").as_uri(), tmp_path / name)
    return Run(tmp_path / "one", server.url), Run(tmp_path / "two", server.url)


def test_what_one_runner_applied_another_knows_and_no_secret_is_in_any_object(
    runners: tuple[Run, Run], contoso: Path, tmp_path: Path
) -> None:
    one, two = runners
    first = one.apply("--quiet")
    assert first.returncode == ExitCode.DONE, first.stderr
    assert not (one.spec / ".reconciler").exists()
    plan = two("plan", "--detailed-exitcode")
    assert plan.returncode == ExitCode.DONE, plan.stdout + plan.stderr
    assert "there is no ledger" not in plan.stdout
    assert "History: 1 apply." in two("history").stdout
    assert run_git("-C", one.spec, "status", "--short") == ""
    secrets = [path.read_bytes().strip() for path in (contoso / "secrets").iterdir()]
    assert secrets
    for blob in objects(tmp_path / "remote.git"):
        assert not any(secret in blob for secret in secrets)


def objects(repository: Path) -> list[bytes]:
    """The content of everything that the reference leads to."""
    listed = run_git("-C", repository, "rev-list", "--objects", REFERENCE).splitlines()
    ids = "\n".join(line.split()[0] for line in listed)
    done = subprocess.run(
        ["git", "-C", repository, "cat-file", "--batch"], input=ids.encode(), capture_output=True, check=True
    )
    assert b'"journal"' in done.stdout
    return [done.stdout]


def test_of_two_runners_that_apply_at_once_one_does_it_and_the_other_is_told(runners: tuple[Run, Run]) -> None:
    processes = [run.start("apply", "--yes", *CONTOSO_ACK, "--quiet") for run in runners]
    ended = [(process.communicate(timeout=240), process.returncode) for process in processes]
    codes = sorted(code for _, code in ended)
    assert codes in ([0, 0], [0, int(ExitCode.LOCKED)]), ended
    for (_, err), code in ended:
        if code == ExitCode.LOCKED:
            assert "reconciler state unlock" in err or "wait until it ended" in err
    left = runners[0]("plan", "--detailed-exitcode")
    assert left.returncode == ExitCode.DONE, left.stdout


def test_a_spec_in_no_repository_is_one_finding_with_its_line(reconciler: Reconciler, contoso: Path) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(f"{root.read_text(encoding='utf-8')}\nstate: {{gitRef: {REFERENCE}}}\n", encoding="utf-8")
    for verb in ("plan", "drift", "status", "history"):
        ran = reconciler(verb, contoso)
        assert ran.code == ExitCode.ERROR
        assert ran.err.count("EPR427") == 1
        assert f"state: {{gitRef: {REFERENCE}}}" in ran.err
        assert "is in no git repository" in " ".join(ran.err.split())
