"""The pipelines that the docs show for Azure DevOps and GitLab: their scripts run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reconciler import __version__
from reconciler.errors import ExitCode
from tests.conftest import ROOT
from tests.forge.runner import git

HOW_TO = ROOT / "docs" / "how-to"
Scripts = Callable[[str], str]


def page(name: str) -> str:
    return (HOW_TO / f"{name}.md").read_text(encoding="utf-8")


def pipeline(name: str) -> dict[str, Any]:
    (block,) = re.findall(r"```yaml\n(.*?)```", page(name), re.DOTALL)
    found: dict[str, Any] = YAML(typ="safe").load(block)
    return found


def steps_below(part: Any) -> Iterator[dict[str, Any]]:
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        if isinstance(value, dict) and ("bash" in value or "task" in value):
            yield value
        else:
            yield from steps_below(value)


def of_azure_devops(stage: str) -> str:
    """All scripts of a stage that call us."""
    (found,) = (each for each in pipeline("azure-devops")["stages"] if each["stage"] == stage)
    scripts = [step.get("bash") or step["inputs"]["inlineScript"] for step in steps_below(found)]
    return "\n".join(f"({script}\n)" for script in scripts if "pip install" not in script)


def of_gitlab(stage: str) -> str:
    """The scripts of the jobs that a stage stands for."""
    found = pipeline("gitlab")
    jobs = ("validate", "plan") if stage == "check" else (stage,)
    return "\n".join(line for job in jobs for line in found[job]["script"])


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script in a clone of a repository that holds the minimal example, whose ledger is in a git reference."""
    git(tmp_path, "init", "--quiet", "--bare", str(tmp_path / "origin.git"))
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "work")
    work = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "work", dirs_exist_ok=True))
    root = work / "reconciler.yaml"
    spec = root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s")
    root.write_text(f"{spec}state: {{gitRef: refs/reconciler/fabrikam}}\n", encoding="utf-8")
    program = tmp_path / "bin" / "reconciler"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    def script(words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "AGENT_TEMPDIRECTORY": str(work),
        }
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", words],
            cwd=work,
            env={**given, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return script


@pytest.mark.parametrize("scripts", [of_azure_devops, of_gitlab])
def test_a_pipeline_checks_applies_what_was_reviewed_and_finds_no_drift(
    scripts: Scripts, run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    apply = scripts("apply").replace("--surface apps", "--surface apps --surface topology")
    check = scripts("check").replace("--surface apps", "--surface apps --surface topology")
    checked = run(check)
    assert checked.returncode == ExitCode.DONE, checked.stderr
    (digest,) = re.findall(r"sha256:[0-9a-f]{64}", (tmp_path / "work" / "plan.md").read_text(encoding="utf-8"))
    assert run(apply, DIGEST="").returncode != ExitCode.DONE
    assert run(apply, DIGEST=f"sha256:{'0' * 64}").returncode == ExitCode.STALE
    applied = run(apply, DIGEST=digest)
    assert applied.returncode == ExitCode.DONE, applied.stderr
    drift = run(scripts("drift"))
    assert drift.returncode == ExitCode.DONE, drift.stderr
    assert "drift" in (tmp_path / "work" / "drift.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("scripts", [of_azure_devops, of_gitlab])
def test_a_pipeline_looks_at_apps_alone(scripts: Scripts) -> None:
    for stage in ("check", "apply", "drift"):
        calls = re.findall(r"reconciler (?:plan|apply|drift) .*", scripts(stage))
        assert len(calls) == 1
        assert " --surface apps " in calls[0]


def test_no_digest_is_pasted_into_a_script() -> None:
    assert all("${{" not in of_azure_devops(stage) for stage in ("check", "apply", "drift"))


@pytest.mark.parametrize("name", ["azure-devops", "gitlab"])
def test_a_pipeline_installs_this_version(name: str) -> None:
    versions = re.findall(r"entra-reconciler\[azure\]==([\w.]+)", page(name))
    assert set(versions) == {__version__}


def test_what_each_exit_code_makes_the_workflow_do_is_told() -> None:
    table = page("github-actions").partition("## What an exit code")[2]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(ExitCode)
