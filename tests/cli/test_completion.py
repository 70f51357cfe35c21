"""What a shell completes: verbs, options, rules, and the addresses of the spec."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.verbs import VERBS
from reconciler.cli.verbs.completion import SHELLS
from tests.conftest import ROOT, Reconciler


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_that_asks_this_program(reconciler: Reconciler, shell: str) -> None:
    ran = reconciler("completion", shell)
    assert ran.code == 0
    assert f"_RECONCILER_COMPLETE={shell}_complete" in ran.out
    assert f"reconciler completion {shell}" in reconciler("completion", "--help").out


def completed(directory: Path, *words: str) -> list[str]:
    """What bash is offered for the last of these words, in a directory."""
    code = "from reconciler.cli.main import main; import sys; sys.argv = ['reconciler']; sys.exit(main())"
    environment = {
        "PYTHONPATH": str(ROOT),
        "COMP_WORDS": " ".join(("reconciler", *words)),
        "COMP_CWORD": str(len(words)),
        "_RECONCILER_COMPLETE": "bash_complete",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return [line.partition(",")[2] for line in ran.stdout.split("\n") if line]


def test_verbs_and_options_are_completed(tmp_path: Path) -> None:
    assert set(completed(tmp_path, "")) >= set(VERBS) - {"import"}
    assert completed(tmp_path, "pl") == ["plan"]
    assert "--detailed-exitcode" in completed(tmp_path, "plan", "--d")


def test_addresses_come_from_the_spec_in_the_working_directory(contoso: Path) -> None:
    assert completed(contoso, "explain", "gr") == ["group/"]
    assert completed(contoso, "explain", "group/") == ["group/hr", "group/finance", "group/web", "group/plant"]
    assert completed(contoso, "state", "adopt", "app/hr") == ["app/hr-sql"]


def test_addresses_come_from_the_spec_that_is_named_before(contoso: Path, tmp_path: Path) -> None:
    assert completed(tmp_path, "plan", str(contoso), "--ack", "app/l") == ["app/ledger-sql"]


def test_rules_are_completed(tmp_path: Path) -> None:
    assert completed(tmp_path, "explain", "epr02") == ["EPR021", "EPR022", "EPR026", "EPR027"]


def test_a_faulty_spec_completes_what_is_whole_in_it_and_no_spec_nothing(contoso: Path, tmp_path: Path) -> None:
    (contoso / "apps" / "broken.yaml").write_text("apps: {new: {group: [}\n", encoding="utf-8")
    assert "app/hr-sql" in completed(contoso, "explain", "app/")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert completed(empty, "explain", "app/") == []
