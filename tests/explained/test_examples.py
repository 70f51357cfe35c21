"""Every rule has an example, and it is true: done as shown, the failing one breaks this rule and the mended one none."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconciler.cli.rulebook import rulebook
from reconciler.ledger.stores.directory import HOLDER
from reconciler.report.rule_examples import FOLDER, example_of
from tests.conftest import Reconciler
from tests.explained.world import AMS, DEFAULT_GROUP, FOUND, FRA, Tables, World, agent, application, id_of

NOT_RUN = {
    "EPR104": "20,000 files take seconds",
    "EPR423": "a write that never shows is waited for as long as reads may lag",
    "EPR424": "it takes a service that dies in the middle of a run and stays away",
    "EPR425": "a plan file that this program made has all the steps that its steps need",
    "EPR429": "it takes an agent that falls silent in the middle of a run",
    "EPR433": "the token is asked for its tenant on Graph alone",
}
"""Examples that are not done here, and why."""

BESIDES = {
    "EPR026": {"EPR003"},  # No agent is fewer than the profile asks for.
    "EPR109": {"EPR108"},  # An alias has an anchor.
    "EPR133": {"EPR120"},  # These are the faults of which there are too many.
    "EPR240": {"EPR206"},  # What is protected by its old key does not exist any more.
}
"""What a failing example breaks besides its rule, because it cannot break it alone."""

STAYS = {"EPR408": {"EPR402"}}
"""What a mended example still breaks: the service keeps the stale object of an agent that was installed again."""


def nothing(world: World) -> None:
    """Leave the world as it is."""


@dataclass(frozen=True)
class Case:
    """What an example takes for granted: the verb that finds, what is live before and after, and what was applied."""

    verb: str = "plan"
    live: Tables = field(default_factory=dict)
    after: Tables | None = None
    applied: str = ""
    prepare: Callable[[World], None] = nothing


CRM = 'apps: {{crm: {{servicePrincipal: {{displayName: CRM}}, connector: {{url: "{}", secretToken: {}}}}}}}'
URL = "https://crm.contoso.local/scim"


def with_token(version: int) -> str:
    """The app crm, with its token in this version."""
    return CRM.format(URL, f"{{env: CRM_TOKEN, version: {version}}}")


def sets_token(value: str) -> Callable[[World], None]:
    """Give CRM's token this value from now on."""
    return lambda world: world.monkeypatch.setenv("CRM_TOKEN", value)


def has_people(world: World) -> None:
    (world.root / "people.yaml").write_text("#" * 1_200_000, encoding="utf-8")


def has_sites_elsewhere(world: World) -> None:
    (world.root.parent / "shared").mkdir()
    (world.root.parent / "shared" / "sites.yaml").write_text("", encoding="utf-8")


def has_plan(world: World) -> None:
    world.types("reconciler plan --out change.plan.json")


def has_newer_plan(world: World) -> None:
    has_plan(world)
    plan = world.root / "change.plan.json"
    plan.write_text(plan.read_text(encoding="utf-8").replace('"version": 1,', '"version": 99,', 1), encoding="utf-8")


def a_run_died(world: World) -> None:
    world.types("reconciler apply --yes")
    (kept,) = (path for path in (world.root / ".reconciler").iterdir() if path.is_dir())
    holder = f'{{"host": "{socket.gethostname()}", "pid": 4711, "start": "2026-11-24T12:00:00", "token": "t"}}'
    (kept / HOLDER).write_text(holder, encoding="utf-8")


def is_repository(world: World) -> None:
    world.types("git init --quiet && git init --quiet --bare ../contoso.git")


def has_a_remote(world: World) -> None:
    is_repository(world)
    world.types("git remote add origin ../contoso.git")


def has_no_secret(world: World) -> None:
    for name in ("AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "RECONCILER_TOKEN"):
        world.monkeypatch.delenv(name, raising=False)


ANEW = agent(0xA3, "prov-ams-1.contoso.local", groups=[])
LACKS_FRA: Tables = {"agents": [AMS, {**FRA, "groups": []}]}
TWO_GROUPS: Tables = {
    "agents": [{**AMS, "groups": []}, {**FRA, "groups": []}],
    "agentGroups": [DEFAULT_GROUP, *({"id": id_of(number), "displayName": "HR applications"} for number in (1, 2))],
}


def fault(**values: object) -> Tables:
    """What is live where calls for groups go wrong so."""
    return {"faults": [{"kind": "status", "method": "GET", "path": "/agentGroups", **values}]}


CASES: Mapping[str, Case] = {
    "EPR027": Case(live={"apps": [{**application("CRM"), "jobs": [{"template": "default", "state": "Paused"}]}]}),
    "EPR102": Case("validate", prepare=has_sites_elsewhere),
    "EPR103": Case("validate", prepare=has_people),
    "EPR191": Case(live=LACKS_FRA),
    "EPR192": Case(live=LACKS_FRA, prepare=has_newer_plan),
    "EPR193": Case(live=LACKS_FRA, prepare=has_plan),
    "EPR301": Case(),
    "EPR401": Case(live=TWO_GROUPS),
    "EPR402": Case(live={"agents": [{**AMS, "down": True}, ANEW, FRA]}, after={"agents": [ANEW, FRA]}),
    "EPR403": Case(),
    "EPR404": Case(live={"apps": [application("Customer relations")]}),
    "EPR405": Case(),
    "EPR406": Case(),
    "EPR407": Case(),
    "EPR408": Case(live={"agents": [{**AMS, "down": True}, ANEW, FRA]}, applied="{}"),
    "EPR409": Case(live={"agents": [AMS, FRA, agent(0xA9, "prov-ams-2.contoso.local")]}, applied="{}"),
    "EPR410": Case(live={"agents": [AMS, {**FRA, "down": True}]}, after={}),
    "EPR420": Case("apply --yes"),
    "EPR421": Case("apply --yes", applied=with_token(1), prepare=sets_token("another-token-of-crm")),
    "EPR422": Case("apply --yes", prepare=a_run_died),
    "EPR426": Case(applied=with_token(3)),
    "EPR427": Case(),
    "EPR428": Case(prepare=is_repository),
    "EPR430": Case(live=fault(status=403), after={}),
    "EPR431": Case(live=fault(status=429, retryAfter="5"), after={}),
    "EPR432": Case(
        live=fault(status=200, body={"value": [], "@odata.nextLink": "https://proxy.invalid/next"}), after={}
    ),
    "EPR434": Case(live={"apps": [{**application("CRM", "agentUsers", "agentGroups"), "template": "agentsOnly"}]}),
    "EPR435": Case(prepare=has_no_secret),
    "EPR436": Case(applied="{}", prepare=has_a_remote),
}
"""The cases of rules that need more than a spec."""

NEVER_MENDED = {"EPR435"}
"""Examples whose mended part asks a service that no test may ask."""


def begun(rule: str, root: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Case]:
    """The world of an example before it is done."""
    case = CASES.get(rule, Case("validate"))
    root.mkdir()
    world = World(root, reconciler, monkeypatch, whole=rule == "EPR129")
    monkeypatch.chdir(root)
    monkeypatch.delenv("CRM_TOKEN", raising=False)
    world.says(case.applied)
    if case.applied:
        sets_token("a-token-of-crm")(world)
        world.holds({})
        world.types("reconciler apply --yes")
    world.holds(case.live)
    case.prepare(world)
    return world, case


@pytest.mark.parametrize("rule", sorted(set(rulebook()) - set(NOT_RUN)))
def test_an_example_breaks_its_rule_and_is_mended(
    rule: str, tmp_path: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = example_of(rule)
    world, case = begun(rule, tmp_path / "spec", reconciler, monkeypatch)
    verb = case.verb.split()
    failing = world.shows(example.failing, example.mended, *verb)
    assert failing == {rule} | BESIDES.get(rule, set()), world.printed
    if rule in NEVER_MENDED:
        return
    if case.after is not None:
        world.holds(case.after)
    assert world.shows(example.mended, example.failing, *verb) == STAYS.get(rule, set()), world.printed


def test_each_rule_has_one_example_and_each_example_a_rule() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(rulebook())


@pytest.mark.parametrize("rule", sorted(rulebook()))
def test_an_example_is_short_fits_a_terminal_and_shows_no_other_rule(rule: str) -> None:
    example = example_of(rule)
    for sample in (example.failing, example.mended):
        lines = sample.text.splitlines()
        assert 1 <= len(lines) <= 12
        assert max(map(len, lines)) <= 100
        assert set(FOUND.findall(sample.text)) <= {rule}
