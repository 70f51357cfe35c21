"""The ledger as a person works on it: history, list, show, adopt, forget, move and unlock, in a directory and in git."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from reconciler.ledger.ledger import open_ledger
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.model.address import group
from reconciler.model.plan import PlannedStep
from reconciler.model.record import Intent
from reconciler.model.steps import RenameGroup
from reconciler.operations.edges import state
from reconciler.operations.edges.author import who
from reconciler.operations.edges.files import DiskFiles
from reconciler.operations.edges.system import SystemChance, SystemClock
from tests.conftest import ROOT, Ran, Reconciler
from tests.ledger.stores import REFERENCE, git_ref_store, run_git
from tests.ledger.test_store_contract import ELSEWHERE
from tests.scenarios.test_scenarios import portal


def minimal(folder: Path, more: str = "") -> Path:
    """The minimal example, which settles at once."""
    spec = Path(
        shutil.copytree(ROOT / "examples" / "minimal", folder / "minimal", ignore=shutil.ignore_patterns(".reconciler"))
    )
    root = spec / "reconciler.yaml"
    text = root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s")
    root.write_text(f"{text}{more}", encoding="utf-8")
    return spec


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal example, applied once, for tests to copy."""
    spec = minimal(tmp_path_factory.mktemp("once"))
    assert run_command_line(["apply", str(spec), "--yes", "--quiet"]) == ExitCode.DONE
    return spec


@pytest.fixture
def applied(once: Path, tmp_path: Path) -> Path:
    """The minimal example, applied once, with its state in a directory."""
    return Path(shutil.copytree(once, tmp_path / "minimal"))


@pytest.fixture(params=["directory", "git"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, reconciler: Reconciler) -> Path:
    """The minimal example, applied once, with its state in a directory or in a git reference at a remote."""
    if request.param == "directory":
        return Path(request.getfixturevalue("applied"))
    spec = minimal(tmp_path, f"\nstate: {{gitRef: {REFERENCE}}}\n")
    run_git("init", "-q", "--bare", tmp_path / "remote.git")
    run_git("init", "-q", spec)
    run_git("-C", spec, "remote", "add", "origin", tmp_path / "remote.git")
    assert reconciler("apply", spec, "--yes", "--quiet").code == ExitCode.DONE
    return spec


def document(name: str, ran: Ran) -> Any:
    """What a verb printed, which fits its schema."""
    assert ran.code == ExitCode.DONE, ran.err
    found = json.loads(ran.out)
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    return found


def test_history_tells_who_applied_what_and_with_which_result(
    reconciler: Reconciler, anywhere: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "ada\x1b[2J")
    assert reconciler("state", "forget", "group/staff", anywhere).code == ExitCode.DONE
    history = reconciler("history", anywhere)
    assert "; by ada\\x1b[2J" in history.out
    assert history.out.splitlines()[-1] == "History: 1 apply, 1 change of the ledger by hand."
    newest, oldest = document("history", reconciler("history", anywhere, "--format", "json"))["history"]
    assert (newest["kind"], newest["address"], newest["by"]) == ("forget", "group/staff", "ada\x1b[2J")
    assert (oldest["kind"], oldest["whole"], oldest["failed"], oldest["skipped"]) == ("apply", True, 0, 0)
    assert oldest["done"] == oldest["steps"] > 0
    assert oldest["plan"].startswith("sha256:")
    limited = reconciler("history", anywhere, "--limit", "1")
    assert "The newest 1 are shown." in limited.out
    assert "apply  " not in limited.out


def test_list_and_show_tell_what_is_on_record_and_no_secret(reconciler: Reconciler, applied: Path):
    listed = reconciler("state", "list", applied)
    assert listed.out.splitlines()[-1] == "Ledger: 5 things."
    assert "app/payroll" in listed.out
    shown = reconciler("state", "show", "app/payroll", applied)
    secret = (applied / "secrets" / "payroll.token").read_text(encoding="utf-8").strip()
    assert "version 1 from file secrets/payroll.token" in shown.out
    assert "group/staff" in shown.out
    assert "Made by this repository:" in shown.out
    everything = document("ledger", reconciler("state", "list", applied, "--format", "json"))
    assert secret not in json.dumps(everything) + shown.out
    assert everything["things"][0]["address"] == "agent/one"
    part = document("ledger", reconciler("state", "show", "app/payroll/mapping/User", applied, "--format", "json"))
    assert list(part["things"][0]["fields"]) == ["mapping/User"]


def test_what_is_forgotten_is_no_longer_removed(reconciler: Reconciler, applied: Path):
    forgot = document("ledger-change", reconciler("state", "forget", "app/payroll", applied, "--format", "json"))
    assert (forgot["kind"], forgot["inSpec"]) == ("forget", True)
    root = applied / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    state = text[text.index("\nstate:") :] if "\nstate:" in text else ""
    root.write_text(text[: text.index("\napps:")] + state, encoding="utf-8")
    planned = reconciler("plan", applied)
    assert "app/payroll" not in planned.out
    assert "- app" not in planned.out
    assert reconciler("state", "list", applied).out.splitlines()[-1] == "Ledger: 4 things."


def test_what_is_moved_keeps_its_live_object_and_every_mention(reconciler: Reconciler, applied: Path):
    moved = reconciler("state", "move", "agent/one", "agent/first", applied)
    assert "does not name it yet" in moved.out
    shown = reconciler("state", "show", "group/staff", applied).out
    assert "agent/first" in shown
    assert "agent/one" not in shown
    root = applied / "reconciler.yaml"
    text = root.read_text(encoding="utf-8").replace("  one:", "  first:").replace("[one,", "[first,")
    root.write_text(text, encoding="utf-8")
    assert reconciler("plan", applied, "--detailed-exitcode").code == ExitCode.DONE
    taken = reconciler("state", "move", "agent/first", "agent/two", applied)
    assert taken.code == ExitCode.ERROR
    assert "the ledger knows agent/two already" in taken.err
    assert reconciler("state", "move", "agent/first", "group/first", applied).code == ExitCode.ERROR


GROUPS = "onPremisesPublishingProfiles/provisioning/agentGroups"


def test_what_is_adopted_as_it_is_live_is_pending_and_no_drift(reconciler: Reconciler, applied: Path):
    live_id = json.loads(reconciler("state", "show", "group/staff", applied, "--format", "json").out)["things"][0][
        "liveId"
    ]
    portal(applied, "PATCH", f"{GROUPS}/{live_id}", '{"displayName": "Everybody"}')
    agent = agent_id(reconciler, applied)
    portal(applied, "DELETE", f"onPremisesPublishingProfiles/provisioning/agents/{agent}/agentGroups/{live_id}/$ref")
    assert reconciler("drift", applied).code == ExitCode.CHANGES
    adopted = document("ledger-change", reconciler("state", "adopt", "group/staff", applied, "--format", "json"))
    assert (adopted["recorded"], adopted["left"]) == (["agents", "displayName"], [])
    shown = reconciler("state", "show", "group/staff", applied).out
    assert '"Everybody"' in shown
    assert "agent/one" not in shown
    drift = reconciler("drift", applied)
    assert drift.code == ExitCode.DONE
    assert "Drift: none. Pending: 2 fields of 1 thing." in drift.out
    assert reconciler("apply", applied, "--yes", "--quiet").code == ExitCode.DONE


def agent_id(reconciler: Reconciler, spec: Path) -> str:
    found = json.loads(reconciler("state", "show", "agent/one", spec, "--format", "json").out)
    live_id: str = found["things"][0]["liveId"]
    return live_id


def test_a_mapping_and_a_secret_are_adopted_only_where_they_are_as_the_spec_says(reconciler: Reconciler, applied: Path):
    root = applied / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    changed = text.replace("=Join(", "=Append(").replace('" ", [givenName], [surname])', "[givenName], [surname])")
    assert changed != text
    root.write_text(changed, encoding="utf-8")
    adopted = reconciler("state", "adopt", "app/payroll", applied)
    assert adopted.code == ExitCode.DONE
    assert "Not on record, since they differ from the spec: mapping/User/displayName." in adopted.out
    assert "Pending: 1 field of 1 thing" in reconciler("drift", applied).out


def test_adopting_makes_a_ledger_where_there_is_none(reconciler: Reconciler, tmp_path: Path):
    spec = minimal(tmp_path)
    assert reconciler("history", spec).out.splitlines()[-1].startswith("History: nothing yet.")
    assert reconciler("state", "list", spec).out.splitlines()[-1].startswith("Ledger: none yet.")
    refused = reconciler("state", "forget", "agent/one", spec)
    assert (refused.code, "the first apply makes it" in refused.err) == (ExitCode.ERROR, True)
    missing = reconciler("state", "adopt", "group/staff", spec)
    assert missing.code == ExitCode.ERROR
    assert "the service holds nothing for group/staff" in missing.err
    assert reconciler("state", "adopt", "agent/one", spec).code == ExitCode.DONE
    assert reconciler("state", "list", spec).out.splitlines()[-1] == "Ledger: 1 thing."


def test_while_steps_are_open_nobody_says_what_the_ledger_should_hold(reconciler: Reconciler, applied: Path):
    store = DirectoryStore(DiskFiles(applied / ".reconciler"), "emulator", "here")
    held = store.read()
    assert held is not None
    with state.held(store, SystemClock(), SystemChance()):
        ledger = open_ledger(store, "emulator", tenant_in(applied), SystemClock(), SystemChance())
        ledger.intend([Intent(PlannedStep("s1", RenameGroup(group("staff"), "Staff", "Staff applications")))])
    listed = reconciler("state", "list", applied)
    assert "1 step open since" in listed.out
    refused = reconciler("state", "forget", "group/staff", applied)
    assert (refused.code, "left 1 step open" in refused.err, "apply first" in refused.err) == (1, True, True)
    assert reconciler("apply", applied, "--yes", "--quiet").code == ExitCode.DONE
    assert reconciler("state", "forget", "group/staff", applied).code == ExitCode.DONE


def tenant_in(spec: Path) -> str:
    found = re.search(r"id: ([0-9a-f-]{36})", (spec / "reconciler.yaml").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_a_journal_that_makes_no_sense_is_one_clear_line(reconciler: Reconciler, applied: Path):
    store = DirectoryStore(DiskFiles(applied / ".reconciler"), "emulator", "here")
    with state.held(store, SystemClock(), SystemChance()):
        ledger = open_ledger(store, "emulator", tenant_in(applied), SystemClock(), SystemChance())
        ledger.journal.append("2026-11-24T12:00:00+00:00", [("begin", {"plan": 7})])
    ran = reconciler("history", applied)
    assert (ran.code, "holds a record that makes no sense" in ran.err) == (ExitCode.ERROR, True)


def test_nothing_is_adopted_from_a_faulty_spec_or_of_a_service_that_does_not_answer(
    reconciler: Reconciler, applied: Path
):
    away = reconciler("state", "adopt", "agent/one", applied, "--endpoint", "http://127.0.0.1:1", "--time-limit", "1")
    assert away.code == ExitCode.UNREADABLE
    root = applied / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    root.write_text(text.replace("group: staff", "group: null"), encoding="utf-8")
    refused = reconciler("state", "adopt", "agent/one", applied)
    assert refused.code == ExitCode.ERROR
    assert "EPR001" in refused.err
    assert reconciler("state", "list", applied).code == ExitCode.DONE
    root.write_text(f"{text}\n  broken", encoding="utf-8")
    assert "the spec cannot be read" in reconciler("state", "list", applied).err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "group/stuff"), ExitCode.ERROR, "the nearest is group/staff"),
        (("show", "proxy/nowhere-near"), ExitCode.ERROR, "reconciler state list shows"),
        (("forget", "staff"), ExitCode.USAGE, "staff: this is no address"),
        (("forget", "app/payroll/mapping/User"), ExitCode.USAGE, "give the whole: app/payroll"),
        (("adopt", "group/stuff"), ExitCode.ERROR, "the spec knows no group/stuff"),
    ],
)
def test_what_is_not_there_gets_the_nearest_that_is(
    reconciler: Reconciler, applied: Path, words: tuple[str, ...], code: ExitCode, said: str
):
    ran = reconciler("state", *words, applied)
    assert (ran.code, said in ran.err) == (code, True)


def test_a_lock_left_behind_elsewhere_is_taken_away_only_when_a_person_says_so(reconciler: Reconciler, anywhere: Path):
    if (anywhere / ".git").exists():
        run_git("clone", "-q", anywhere.parent / "remote.git", anywhere.parent / "other")
        git_ref_store(anywhere.parent / "other").lock(ELSEWHERE)
    else:
        DirectoryStore(DiskFiles(anywhere / ".reconciler"), "emulator", "there").lock(ELSEWHERE)
    held = reconciler("apply", anywhere, "--yes")
    assert held.code == ExitCode.LOCKED
    assert "process 1 on host-b" in held.err
    assert "reconciler state unlock" in held.err
    assert reconciler("state", "unlock", anywhere).code == ExitCode.USAGE
    unlocked = reconciler("state", "unlock", anywhere, "--yes")
    assert "process 1 on host-b" in unlocked.out
    assert "Nobody held the lock" in reconciler("state", "unlock", anywhere, "--yes").out
    assert reconciler("apply", anywhere, "--yes", "--quiet").code == ExitCode.DONE


def test_without_a_remote_each_report_says_that_the_state_is_in_one_clone(reconciler: Reconciler, tmp_path: Path):
    spec = minimal(tmp_path)
    root = spec / "reconciler.yaml"
    root.write_text(f"{root.read_text(encoding='utf-8')}\nstate: {{gitRef: {REFERENCE}}}\n", encoding="utf-8")
    nowhere = reconciler("plan", spec)
    assert (nowhere.code, "error EPR427: the state cannot be kept" in nowhere.err) == (ExitCode.ERROR, True)
    assert f"    state: {{gitRef: {REFERENCE}}}" in nowhere.err
    run_git("init", "-q", spec)
    for words in (("plan", spec), ("history", spec), ("state", "list", spec)):
        ran = reconciler(*words)
        assert (ran.code, "note EPR428" in ran.err) == (ExitCode.DONE, True)
    root.write_text(
        root.read_text(encoding="utf-8").replace("gitRef: " + REFERENCE, "azureBlob: 'https://a/b'"), encoding="utf-8"
    )
    assert "does not keep state in azureBlob" in reconciler("plan", spec).err


def test_a_branch_is_no_place_for_state(reconciler: Reconciler, tmp_path: Path):
    spec = minimal(tmp_path)
    root = spec / "reconciler.yaml"
    text = root.read_text(encoding="utf-8")
    for reference in (
        "refs/heads/main",
        "refs/tags/v1",
        "refs/pull/1/head",
        "refs/one",
        "refs/a/../b",
        "refs/a/-",
        "main",
    ):
        root.write_text(f"{text}\nstate: {{gitRef: {reference}}}\n", encoding="utf-8")
        assert (reference, reconciler("validate", spec).code) == (
            reference,
            ExitCode.DONE if reference == "refs/a/-" else ExitCode.ERROR,
        )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTOR": "ada",
                "GITHUB_SERVER_URL": "https://g",
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_RUN_ID": "7",
            },
            "ada, https://g/o/r/actions/runs/7",
        ),
        ({"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "ada", "CI_JOB_URL": "https://l/j/7"}, "ada, https://l/j/7"),
        ({"TF_BUILD": "True"}, "a pipeline"),
    ],
)
def test_the_journal_names_whom_the_pipeline_names(environment: dict[str, str], said: str):
    assert who(environment) == said
