"""The program as a whole: its help, its version, its answer to words that fit nothing."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.verbs import VERBS
from reconciler.errors import PRECEDENCE, ExitCode, strongest
from tests.conftest import ROOT, Reconciler


def test_help_names_every_verb(reconciler: Reconciler) -> None:
    ran = reconciler("--help")
    assert ran.code == 0
    assert all(f"  {verb} " in ran.out for verb in VERBS)


def test_version(reconciler: Reconciler) -> None:
    assert reconciler("--version").out == f"reconciler {__version__}\n"


def test_start_up_imports_click_and_no_verb() -> None:
    code = "import sys, reconciler.cli.main; print('\\n'.join(sorted(sys.modules)))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"httpx", "jsonschema", "deepdiff", "ruamel", "rich", "starlette", "asyncio", "msgspec", "cryptography"}
    assert heavy.isdisjoint(modules)


def test_a_plan_without_changes_imports_nothing_that_only_writes_need(reconciler: Reconciler, tmp_path: Path) -> None:
    spec = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal"))
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    assert reconciler("apply", spec, "--yes", "--quiet").code == ExitCode.DONE
    code = (
        "import sys; from reconciler.cli.main import run; code = run(['plan', sys.argv[1], '--detailed-exitcode']); "
        "print(code, *(name for name in sys.modules if name.startswith('reconciler.')), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(spec)], capture_output=True, text=True, check=True)
    left, *modules = ran.stderr.split()
    assert left == "0"
    assert {name for name in modules if name.startswith("reconciler.apply.")} == {"reconciler.apply.settling"}
    writing = {
        "reconciler.ledger.ledger",
        "reconciler.ledger.journal",
        "reconciler.ledger.lock",
        "reconciler.ledger.records",
        "reconciler.model.conditions",
        "reconciler.model.inverse",
        "reconciler.model.recording",
        "reconciler.msgraph.azure",
        "reconciler.msgraph.token_tenant",
        "reconciler.msgraph.transport.network",
        "reconciler.msgraph.writer",
        "reconciler.msgraph.wire.steps",
        "reconciler.operations.applying",
        "reconciler.operations.edges.plan_files",
        "reconciler.operations.edges.secrets",
    }
    assert writing.isdisjoint(modules)
    assert all(importlib.util.find_spec(name) for name in writing)


def test_a_mistyped_verb_gets_the_nearest_one(reconciler: Reconciler) -> None:
    ran = reconciler("plna")
    assert ran.code == ExitCode.USAGE
    assert "Did you mean 'plan'?" in ran.err


def test_a_mistyped_option_is_wrong_usage(reconciler: Reconciler) -> None:
    ran = reconciler("validate", "--formt", "json")
    assert ran.code == ExitCode.USAGE
    assert "--format" in ran.err


def test_every_exit_code_has_its_place_in_the_order() -> None:
    assert sorted(PRECEDENCE) == sorted(ExitCode)
    assert strongest([ExitCode.CHANGES, ExitCode.UNREADABLE]) is ExitCode.UNREADABLE
    assert strongest([]) is ExitCode.DONE


def test_output_into_a_closed_pipe_is_calm() -> None:
    command = f"{sys.executable} -m reconciler schema spec | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_fault_of_the_program_is_one_line_and_no_traceback(
    reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: object) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("reconciler.operations.validate.validate", broken)
    ran = reconciler("validate")
    assert ran.code == ExitCode.ERROR
    assert "RuntimeError: nobody thought of this" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("RECONCILER_DEBUG", "1")
    with pytest.raises(RuntimeError):
        reconciler("validate")


def test_a_faulty_spec_is_shown_with_its_source_whatever_the_verb(reconciler: Reconciler, contoso: Path) -> None:
    (contoso / "extra.yaml").write_text("grops: {}\n", encoding="utf-8")
    for verb in ("validate", "plan", "drift"):
        ran = reconciler(verb, contoso)
        assert ran.code == ExitCode.ERROR
        assert "    grops: {}" in ran.out + ran.err


def test_what_the_system_refuses_is_named(reconciler: Reconciler) -> None:
    ran = reconciler("apply", "x" * 300, "--yes")
    assert ran.code == ExitCode.ERROR
    assert f"the system refused {'x' * 300}: " in ran.err


@pytest.mark.parametrize(("stdout", "code"), [(">&-", 0), (">/dev/full", 1)])
def test_a_closed_or_full_output_is_no_fault_of_the_program(stdout: str, code: int) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m reconciler schema spec {stdout}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert "fault of the program" not in done.stderr
    assert "Traceback" not in done.stderr
