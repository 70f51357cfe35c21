"""What a shell completes: verbs, options, rules, and the addresses of the spec."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.cli.verbs import VERBS
from reconciler.cli.verbs.completion import SHELLS
from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler
from tests.forge.runner import git


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_that_asks_this_program(reconciler: Reconciler, shell: str) -> None:
    ran = reconciler("completion", shell)
    assert ran.code == 0
    assert f"_RECONCILER_COMPLETE={shell}_complete" in ran.out
    assert f"reconciler completion {shell}" in reconciler("completion", "--help").out


def completed(directory: Path, *words: str) -> list[str]:
    """What bash is offered for the last of these words, in a directory."""
    return [line.partition(",")[2] for line in offered(directory, *words)]


def offered(directory: Path, *words: str) -> list[str]:
    """The same, each with its kind before it: `plain`, or `file` and `dir`, which bash completes by itself."""
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
    return [line for line in ran.stdout.splitlines() if line]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contoso, applied, and then with a group and an app less in its spec; no test changes it."""
    spec = tmp_path_factory.mktemp("applied") / "contoso"
    shutil.copytree(ROOT / "examples" / "contoso", spec, ignore=shutil.ignore_patterns(".reconciler"))
    root = spec / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    assert run(["apply", str(spec), "--yes", "--quiet", "--ack", "app/ledger-sql"]) == ExitCode.DONE
    (spec / "apps" / "crm-scim.yaml").unlink()
    return spec


def test_verbs_and_options_are_completed(tmp_path: Path) -> None:
    assert set(completed(tmp_path, "")) >= set(VERBS) - {"import"}
    assert completed(tmp_path, "pl") == ["plan"]
    assert "--detailed-exitcode" in completed(tmp_path, "plan", "--d")


def test_addresses_come_from_the_spec_in_the_working_directory(contoso: Path) -> None:
    assert completed(contoso, "explain", "a") == ["agent/", "app/"]
    assert completed(contoso, "explain", "gr") == completed(contoso, "explain", "group/")
    assert completed(contoso, "explain", "group/") == ["group/hr", "group/finance", "group/web", "group/plant"]
    assert completed(contoso, "state", "adopt", "app/hr") == ["app/hr-sql"]


def test_addresses_come_from_the_spec_that_is_named_before(contoso: Path, tmp_path: Path) -> None:
    assert completed(tmp_path, "plan", str(contoso), "--ack", "app/l") == ["app/ledger-sql"]


def test_the_fields_of_a_thing_come_after_it(contoso: Path) -> None:
    assert completed(contoso, "drift", "--accept", "app/hr-sql/prov") == [
        "app/hr-sql/provisioning.scope",
        "app/hr-sql/provisioning.deleteThreshold",
        "app/hr-sql/provisioning.notify",
        "app/hr-sql/provisioning.skipOutOfScopeDeletions",
    ]
    assert completed(contoso, "explain", "group/hr/a") == ["group/hr/agents"]
    assert completed(contoso, "explain", "nothing/hr/a") == []


@pytest.mark.parametrize("verb", ["show", "forget", "move"])
def test_what_is_on_record_is_completed_where_the_spec_does_not_name_it_any_more(applied: Path, verb: str) -> None:
    assert completed(applied, "state", verb, "app/c") == ["app/crm-scim"]
    assert completed(applied, "state", "adopt", "app/c") == []


def test_what_is_on_record_of_a_thing_is_completed(applied: Path) -> None:
    assert completed(applied, "state", "show", "app/hr-sql/map") == ["app/hr-sql/mapping/User"]
    assert completed(applied, "state", "show", "group/hr/") == ["group/hr/agents", "group/hr/displayName"]


def test_the_key_that_a_thing_moves_to_comes_from_the_spec(applied: Path) -> None:
    assert completed(applied, "state", "move", "app/crm-scim", "app/tra") == ["app/travel-ws"]


def test_a_state_in_git_is_completed_without_asking_the_remote(applied: Path, tmp_path: Path) -> None:
    spec = tmp_path / "contoso"
    shutil.copytree(applied, spec)
    with (spec / "reconciler.yaml").open("a", encoding="utf-8") as root:
        root.write("state: {gitRef: refs/reconciler/contoso}\n")
    git(spec, "init", "--quiet")
    assert completed(spec, "state", "forget", "app/c") == []
    assert run(["state", "migrate", str(spec), "--quiet"]) == ExitCode.DONE
    git(spec, "remote", "add", "origin", "http://127.0.0.1:9/nobody.git")
    assert completed(spec, "state", "forget", "app/h") == ["app/hr-sql"]


def test_of_a_spec_that_cannot_be_read_nothing_on_record_is_completed(applied: Path, tmp_path: Path) -> None:
    spec = tmp_path / "contoso"
    shutil.copytree(applied, spec)
    (spec / "agents.yaml").write_text("agents: [\n", encoding="utf-8")
    assert completed(spec, "state", "forget", "app/c") == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("show",), "file"),
        (("apply",), "file"),
        (("apply", "--expect"), "file"),
        (("plan",), "dir"),
        (("plan", "--out"), "file"),
        (("publish", "comment", "--plan"), "file"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(tmp_path: Path, words: tuple[str, ...], kind: str) -> None:
    assert offered(tmp_path, *words, "ch") == [f"{kind},ch"]


def test_completing_opens_no_way_to_a_service(applied: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reconciler.operations.completing import *;"
        "from reconciler.operations.recorded import *; root = Path(sys.argv[1]);"
        "assert list(addresses(root)) and list(recorded(root)) and list(fields('app/x/'));"
        "print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(applied)], capture_output=True, text=True, check=True)
    assert {"httpx", "reconciler.operations.edges.connect", "reconciler.emulator.app"}.isdisjoint(ran.stdout.split())


def test_rules_are_completed(tmp_path: Path) -> None:
    assert completed(tmp_path, "explain", "epr02") == ["EPR021", "EPR022", "EPR026", "EPR027"]


def test_a_faulty_spec_completes_what_is_whole_in_it_and_no_spec_nothing(contoso: Path, tmp_path: Path) -> None:
    (contoso / "apps" / "broken.yaml").write_text("apps: {new: {group: [}\n", encoding="utf-8")
    assert "app/hr-sql" in completed(contoso, "explain", "app/")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert completed(empty, "explain", "app/") == []
