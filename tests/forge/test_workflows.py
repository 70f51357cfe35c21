"""The example's workflows do what they say: run as they are listed, in a real repository, on the embedded emulator."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from reconciler import __version__
from reconciler.errors import ExitCode
from reconciler.operations.edges.embedded import embedded_emulator
from tests.conftest import ROOT
from tests.forge.hub import REPOSITORY, TOKEN, Hub, listening
from tests.forge.runner import Runner, Service, git, workflow

ACTION = ROOT / ".github" / "actions" / "reconciler" / "action.yml"
WORKFLOWS = ("check", "apply", "drift", "doctor")
RIGHTS = {
    ("check", "validate"): {"contents": "read"},
    ("check", "plan"): {"contents": "read", "id-token": "write", "pull-requests": "write"},
    ("apply", "apply"): {"contents": "write", "id-token": "write", "pull-requests": "read"},
    ("drift", "drift"): {"contents": "read", "id-token": "write", "issues": "write"},
    ("doctor", "reader"): {"contents": "read", "id-token": "write"},
    ("doctor", "writer"): {"contents": "read", "id-token": "write"},
}
LEDGER = "refs/reconciler/contoso"
PLAN = {"github__event.pull_request.user.login": "ada", "github__event.pull_request.head.repo.full_name": REPOSITORY}


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_right_is_given_that_is_not_needed(name: str) -> None:
    found = workflow(name)
    assert found["permissions"] == {}
    assert {(name, job): rights["permissions"] for job, rights in found["jobs"].items()}.items() <= RIGHTS.items()
    assert "pull_request_target" not in found["on"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_is_used_is_pinned_and_no_expression_stands_in_a_shell(name: str) -> None:
    action = YAML(typ="safe").load(ACTION.read_text(encoding="utf-8"))
    for step in [*steps(name), *action["runs"]["steps"]]:
        used = step.get("uses", "./")
        assert used.startswith("./") or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used)
        assert "${{" not in step.get("run", "")
        if used.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", ["check", "apply", "drift"])
def test_topology_is_left_to_a_person(name: str) -> None:
    calls = [
        line for step in steps(name) for line in re.findall(r"reconciler (?:plan|apply|drift) .*", step.get("run", ""))
    ]
    assert calls
    assert all(" --surface apps " in f"{call} " for call in calls)


def test_whoever_may_write_is_behind_an_environment() -> None:
    for name in WORKFLOWS:
        for job in workflow(name)["jobs"].values():
            assert ("environment" in job) == ("ENTRA_WRITER_CLIENT_ID" in str(job))


def test_the_action_installs_this_version() -> None:
    action = YAML(typ="safe").load(ACTION.read_text(encoding="utf-8"))
    assert action["inputs"]["requirement"]["default"] == f"entra-reconciler[azure]=={__version__}"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with listening(Hub()) as served:
        yield served


@pytest.fixture
def runner(hub: Hub, tmp_path: Path) -> Runner:
    """A repository with contoso on the branch `spec`, and an empty `main`."""
    origin, work = tmp_path / "origin.git", tmp_path / "work"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(work))
    git(work, "remote", "add", "origin", str(origin))
    git(work, "commit", "--quiet", "--allow-empty", "-m", "begin")
    shutil.copytree(
        ROOT / "examples" / "contoso", work, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".reconciler")
    )
    root = work / "reconciler.yaml"
    spec = root.read_text(encoding="utf-8").replace(f"# state: {{gitRef: {LEDGER}}}", f"state: {{gitRef: {LEDGER}}}")
    assert f"\nstate: {{gitRef: {LEDGER}}}\n" in spec
    root.write_text(spec, encoding="utf-8")
    git(work, "push", "--quiet", "origin", "main")
    git(work, "checkout", "--quiet", "-b", "spec")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "-m", "spec")
    git(work, "push", "--quiet", "origin", "spec")
    return Runner(tmp_path / "runs", origin, hub)


@pytest.fixture
def event(tmp_path: Path) -> Path:
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"pull_request": {"number": 7}}), encoding="utf-8")
    return file


def merged(runner: Runner) -> str:
    """Merge pull request 7; give the merge's commit."""
    work = runner.origin.parent / "work"
    git(work, "checkout", "--quiet", "main")
    git(work, "merge", "--quiet", "--no-ff", "-m", "Merge pull request 7", "spec")
    git(work, "push", "--quiet", "origin", "main")
    commit = git(work, "rev-parse", "main")
    runner.hub.merge(7, commit)
    return commit


def at_the_portal(runner: Runner, enabled: str) -> None:
    """Somebody writes a notification setting of HR's app past the program."""
    work = runner.origin.parent / "work"
    with Service(runner.root / "service.db", work / ".reconciler" / "emulator.db"):

        async def call() -> None:
            emulator = embedded_emulator(work)
            transport = httpx.ASGITransport(app=emulator)
            async with httpx.AsyncClient(transport=transport, base_url="http://emulator/beta/") as client:
                found = (await client.get("servicePrincipals?$filter=displayName eq 'HR master data (SQL)'")).json()[
                    "value"
                ]
                job = f"servicePrincipals/{found[0]['id']}/synchronization/jobs"
                job_id = (await client.get(job)).json()["value"][0]["id"]
                assert (await client.post(f"{job}/{job_id}/{enabled}")).status_code == 204
            emulator.close()

        asyncio.run(call())


def test_a_change_from_the_pull_request_to_the_night(runner: Runner, hub: Hub, event: Path) -> None:
    checked = runner.run("check", "validate", "spec", event)
    assert (checked.code, TOKEN in checked.words) == (0, False)
    for _ in range(2):
        planned = runner.run("check", "plan", "spec", event, **PLAN)
        assert [step.code for step in planned.steps] == [0, 0, 0]
    (note,) = hub.comments.values()
    first_screen = "\n".join(note["body"].splitlines()[:45])
    assert "Topology was not looked at" in first_screen
    assert "`app/hr-sql`" in first_screen
    assert planned.summary.strip() in note["body"]
    commit = merged(runner)
    applied = runner.run("apply", "apply", commit)
    assert [step.code for step in applied.steps] == [0, 0], applied.words
    assert git(runner.origin, "ls-tree", "-r", "--name-only", LEDGER).splitlines() >= ["emulator/journal.jsonl"]
    for job in (planned, applied):
        assert TOKEN not in job.words + job.summary

    night = runner.run("drift", "drift", "main")
    assert [step.out for step in night.steps] == ["", "issue nothing to close\n"], night.words
    at_the_portal(runner, "pause")
    night = runner.run("drift", "drift", "main")
    assert (night.code, night.steps[1].out.split(":")[0]) == (0, "issue created"), night.words
    (issue,) = hub.issues.values()
    assert "app/hr-sql" in issue["body"]
    at_the_portal(runner, "start")
    night = runner.run("drift", "drift", "main")
    assert (night.code, issue["state"]) == (0, "closed")


def test_what_is_not_the_reviewed_plan_any_more_is_not_applied(runner: Runner, hub: Hub, event: Path) -> None:
    runner.run("check", "plan", "spec", event, **PLAN)
    commit = merged(runner)
    at_the_portal(runner, "pause")
    applied = runner.run("apply", "apply", commit)
    assert applied.code == ExitCode.STALE
    assert "app/hr-sql" in applied.steps[-1].err
    assert "job.enabled" in applied.summary


@pytest.mark.parametrize("job", ["reader", "writer"])
def test_somebody_who_asks_is_told_what_the_credentials_can_do(runner: Runner, hub: Hub, job: str) -> None:
    told = runner.run("doctor", job, "spec")
    assert told.code == 0, told.words
    assert "Doctor: apps: status/plan/drift/import can, apply can (untried)" in told.summary
    assert hub.calls == []


def test_an_answer_that_something_cannot_be_read_is_a_warning_and_no_failure(runner: Runner) -> None:
    work = runner.origin.parent / "work"
    root = work / "reconciler.yaml"
    root.write_text(
        root.read_text(encoding="utf-8").replace("endpoint: emulator ", "endpoint: http://127.0.0.1:1 "), "utf-8"
    )
    git(work, "commit", "--quiet", "-am", "nobody there")
    git(work, "push", "--quiet", "origin", "spec")
    told = runner.run("doctor", "reader", "spec")
    assert told.code == 0, told.words
    assert "::warning::Doctor: apps: status/plan/drift/import/apply not known" in told.words


def test_what_was_reviewed_by_nobody_is_not_applied(runner: Runner, hub: Hub) -> None:
    applied = runner.run("apply", "apply", merged(runner))
    assert (len(applied.steps), applied.code) == (1, ExitCode.ERROR)
    assert "has no comment 'contoso'" in applied.words


def test_a_plan_that_fails_takes_the_place_of_the_one_before(runner: Runner, hub: Hub, event: Path) -> None:
    runner.run("check", "plan", "spec", event, **PLAN)
    work = runner.origin.parent / "work"
    (work / "live.seed.json").write_text("{", encoding="utf-8")
    git(work, "commit", "--quiet", "-am", "break it")
    git(work, "push", "--quiet", "origin", "spec")
    (runner.root / "service.db").unlink()
    planned = runner.run("check", "plan", "spec", event, **PLAN)
    assert planned.code == ExitCode.ERROR
    (note,) = hub.comments.values()
    _marker, now, *_ = note["body"].splitlines()
    assert now == "## There is no plan"
    assert runner.run("apply", "apply", merged(runner)).code == ExitCode.ERROR


def test_of_a_fork_nothing_is_planned(runner: Runner, hub: Hub, event: Path) -> None:
    fork = {**PLAN, "github__event.pull_request.head.repo.full_name": "mallory/entra"}
    bot = {**PLAN, "github__event.pull_request.user.login": "dependabot[bot]"}
    assert runner.run("check", "plan", "spec", event, **fork).skipped
    assert runner.run("check", "plan", "spec", event, **bot).skipped
    assert runner.run("check", "validate", "spec", event).code == 0
    assert hub.calls == []
