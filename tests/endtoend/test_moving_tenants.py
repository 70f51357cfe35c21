"""What moves at the service while a person thinks, or while an apply waits, is seen before anything is taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.endtoend.conftest import ENVIRONMENT, Run, Server, served

PROFILE = "beta/onPremisesPublishingProfiles/provisioning"
ONE_IS_ENOUGH = (
    "policy: {settle: 2s, availability: one, "
    "availabilityProfiles: {one: {minDeclared: 1, minActive: 1, interruption: acknowledged}}}"
)
OTHERS = "\n  others: {displayName: Other applications, agents: [three]}"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Run, Server]]:
    """The minimal example, applied to its tenant on a port; one agent serves well enough."""
    example = ROOT / "examples" / "minimal"
    ignored = shutil.ignore_patterns(".reconciler")
    folder = Path(shutil.copytree(example, tmp_path / "minimal", ignore=ignored))
    with served(example / "live.seed.json") as server:
        run = Run(folder, server.url)
        change(run, "policy: {settle: 2s}", ONE_IS_ENOUGH)
        change(run, "[one, two, three]}", "[one, two]}" + OTHERS)
        assert run("apply", "--yes", "--quiet").returncode == 0
        yield run, server


def change(run: Run, before: str, after: str) -> None:
    root = run.spec / "reconciler.yaml"
    content = root.read_text(encoding="utf-8")
    assert before in content
    root.write_text(content.replace(before, after), encoding="utf-8")


def found(server: Server, kind: str, key: str, value: str) -> str:
    rows = httpx.get(f"{server.url}/{PROFILE}/{kind}").json()["value"]
    (row,) = (row for row in rows if row[key] == value)
    return str(row["id"])


def test_what_moved_before_the_answer_is_named_and_nothing_is_written(small: tuple[Run, Server]) -> None:
    run, server = small
    change(run, "displayName: Staff applications", "displayName: Staff")
    group = found(server, "agentGroups", "displayName", "Staff applications")

    def renamed() -> None:
        answer = httpx.patch(f"{server.url}/{PROFILE}/agentGroups/{group}", json={"displayName": "People"})
        answer.raise_for_status()

    code, said = answered(run, renamed)
    assert code == 4, said
    assert "Apply this 1 step?" in said
    assert 'group/staff displayName: was "Staff applications", is "People"' in said
    assert found(server, "agentGroups", "displayName", "People") == group


def test_an_answer_after_which_nothing_moved_is_carried_out(small: tuple[Run, Server]) -> None:
    run, server = small
    change(run, "displayName: Staff applications", "displayName: Staff")
    code, said = answered(run, lambda: None)
    assert code == 0, said
    assert found(server, "agentGroups", "displayName", "Staff")


def answered(run: Run, meanwhile: Callable[[], None]) -> tuple[int, str]:
    """What an apply says to whom answers yes, after something happened at the service."""
    ours, terminal = os.openpty()
    try:
        words = run.command("apply")
        asked = subprocess.Popen(
            words, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        assert asked.stderr is not None
        said = b""
        for part in iter(asked.stderr.read1, b""):
            said += part
            if b"[y/N]" in said:
                break
        meanwhile()
        os.write(ours, b"yes\n")
        _, rest = asked.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(terminal)
    return asked.returncode, (said + rest).decode()


def test_an_app_stays_where_it_is_served_when_those_who_were_to_serve_it_fall_silent(
    small: tuple[Run, Server],
) -> None:
    run, server = small
    change(run, "group: staff", "group: others")
    three = found(server, "agents", "machineName", "prov-3.fabrikam.local")
    running = run.start("apply", "--yes")
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("settle "):
            break
    server.control(f"agents/{three}", {"status": "inactive"})
    _, err = running.communicate(timeout=60)
    assert running.returncode == 5, err
    told = " ".join(err.split())
    assert "EPR429" in told
    assert "left with 0 active agents of 1 needed: agent/three is not active" in told
    (serving,) = httpx.get(f"{server.url}/emulator/serving").json()["value"]
    assert len(serving["agents"]) == 2
    again = run("apply", "--yes")
    assert again.returncode == 3, again.stderr
    server.control(f"agents/{three}", {"status": "active"})
    assert run("apply", "--yes", "--quiet").returncode == 0


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_what_somebody_changed_meanwhile_is_left_and_stands_apart_from_a_result_for_programs(
    small: tuple[Run, Server], form: str
) -> None:
    run, server = small
    change(run, "group: staff", "group: others")
    group = found(server, "agentGroups", "displayName", "Staff applications")
    running = run.start("apply", "--yes", "--format", form)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("settle "):
            break
    httpx.patch(f"{server.url}/{PROFILE}/agentGroups/{group}", json={"displayName": "People"}).raise_for_status()
    out, err = running.communicate(timeout=60)
    assert running.returncode == 5, err
    assert "after this apply the plan is not empty" in err
    assert '"People" → "Staff applications"' in err
    if form == "json":
        assert [each["address"] for each in json.loads(out)["changes"]] == ["app/payroll"]
        return
    first = out.partition("<details>")[0]
    assert first.startswith("## Apply: done, but the service is not yet as the spec says\n")
    left, done = first.partition("Left to do:")[2].split("What was done:")
    assert "`group/staff`" in left
    assert "`app/payroll`" in done
