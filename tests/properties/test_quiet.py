"""Drift is what somebody changed: nothing that the service varies by itself, and each edit at the portal exactly."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from reconciler.operations.validate import valid_spec
from tests.cli.portal import Portal
from tests.cli.test_drift_accept import PROFILES, SPEC, pause
from tests.conftest import ROOT, Reconciler
from tests.importing.portal_tenant import TENANT, seed
from tests.properties.editor import KINDS, Editor
from tests.properties.noise import Noise
from tests.properties.quiet import Watch

LOOKS = 40
APPS, EDITS = 30, 30


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "minimal"
    shutil.copytree(ROOT / "examples" / "minimal", folder, ignore=shutil.ignore_patterns(".reconciler"))
    (folder / "reconciler.yaml").write_text(SPEC.replace("policy: {settle: 0s}", PROFILES), encoding="utf-8")
    assert run_command_line(["apply", str(folder), "--yes", "--quiet"]) == ExitCode.DONE
    return folder


def seen(root: Path, noise: Noise, looks: int) -> Iterator[frozenset[str]]:
    """What each look finds changed, or could not read."""
    watch = Watch(root, noise)
    for _ in range(looks):
        plan = asyncio.run(watch.look())
        fields = {f"{change.address} {field.key}" for change in plan.changes for field in change.fields}
        yield frozenset(fields | {f"? {unknown.key}" for unknown in plan.unverifiable if unknown.cell.is_failure})
    watch.close()


@pytest.mark.parametrize("likely", [0.05, 0.5, 0.95])
def test_what_the_service_varies_by_itself_is_no_drift(once: Path, likely: float) -> None:
    noise = Noise(random.Random(f"{likely}"), likely)
    assert set(seen(once, noise, LOOKS)) == {frozenset()}
    assert noise.count > LOOKS
    assert len(noise.made) == 9


def test_an_edit_is_named_through_all_the_noise(once: Path, tmp_path: Path) -> None:
    spec = Path(shutil.copytree(once, tmp_path / "spec"))
    pause(Portal(spec))
    found = set(seen(spec, Noise(random.Random(3)), LOOKS))
    assert found == {frozenset({"app/payroll job.enabled"})}


def test_thirty_random_edits_of_a_tenant_are_named_exactly(reconciler: Reconciler, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    (spec / "live.seed.json").write_text(json.dumps(seed(APPS)), encoding="utf-8")
    imported = ("import", spec, "--tenant", TENANT, "--endpoint", "emulator", "--seed", "live.seed.json")
    assert reconciler(*imported).code == ExitCode.DONE
    assert reconciler("apply", spec, "--yes", "--quiet").code == ExitCode.DONE
    assert reconciler("drift", spec).code == ExitCode.DONE
    editor = Editor(valid_spec(spec)[0].desired, random.Random(11), Portal(spec).tried)
    edited = editor.edit(EDITS)
    assert len(edited) == EDITS
    assert editor.kinds == KINDS
    ran = reconciler("drift", spec, "--format", "json")
    named = {
        f"{change['address']} {field['field']}" for change in json.loads(ran.out)["drift"] for field in change["fields"]
    }
    assert ran.code == ExitCode.CHANGES
    assert sorted(edited - named) == []
    assert sorted(named - edited) == []
