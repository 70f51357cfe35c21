"""`init`: a spec that works as it is, in a directory that has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler


def test_what_init_writes_validates_plans_and_applies(
    reconciler: Reconciler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "new"
    ran = reconciler("init", spec)
    assert ran.code == 0
    assert f"reconciler plan {spec}" in ran.err
    assert reconciler("validate", spec).out == "No faults in 2 files.\n"
    assert reconciler("fmt", spec, "--check").code == 0
    assert "Plan: 2 to add, 0 to change" in reconciler("plan", spec).out
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    monkeypatch.setenv("PAYROLL_TOKEN", "a-token-of-the-test")
    assert reconciler("apply", spec, "--yes", "--quiet").code == 0
    assert reconciler("plan", spec, "--detailed-exitcode").code == 0


def test_every_file_names_the_schema_that_lies_beside_it(reconciler: Reconciler, tmp_path: Path) -> None:
    reconciler("init", tmp_path)
    for file in tmp_path.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.read_text(encoding="utf-8") == (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
        assert json.loads(schema.read_text(encoding="utf-8"))["type"] == "object"


def test_nothing_is_written_over(reconciler: Reconciler, tmp_path: Path) -> None:
    assert reconciler("init", tmp_path / "spec").code == 0
    (tmp_path / "seeded").mkdir()
    (tmp_path / "seeded" / "live.seed.json").write_text("{}", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    for directory, said in (
        ("spec", "holds a spec already"),
        ("spec/apps", "is a part of the spec in"),
        ("seeded", "live.seed.json exists already"),
        ("file", "is no directory"),
    ):
        ran = reconciler("init", tmp_path / directory)
        assert ran.code == ExitCode.USAGE
        assert said in ran.err
    assert not (tmp_path / "seeded" / "reconciler.yaml").exists()
