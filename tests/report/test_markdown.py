"""A comment on a pull request: its first screen decides, and nothing that stands in it is more than text."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.drift import Drift, drift_of
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Related
from reconciler.model.plan import Action, Cause, Fewest, GuardResult, Plan, PlannedStep, Ruling, Unverifiable, Verdict
from reconciler.model.states import Edge
from reconciler.model.steps import CreateGroup
from reconciler.report.markdown.applied import Outcome, applied_markdown
from reconciler.report.markdown.drift import drift_markdown
from reconciler.report.markdown.findings import findings_markdown
from reconciler.report.markdown.page import LIMIT
from reconciler.report.markdown.plan import plan_markdown
from tests.conftest import Reconciler
from tests.report.goldens import matches
from tests.report.plans import FINANCE, FLOOR, LEDGER, LEGACY, LON, PROTECT, change, contoso, empty, field
from tests.report.rendered import loose, structure
from tests.report.test_markdown_text import HOSTILE, MARKUP

NO_LEDGER = "There is no ledger yet"
FAILED = Unreadable(Reason.FAILED, "403 Forbidden at GET /agents")


def first_screen(markdown: str) -> str:
    return markdown.partition("<details>")[0]


@pytest.fixture
def comment(reconciler: Reconciler, contoso: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a review of the contoso example shows, before anything was applied."""
    monkeypatch.chdir(contoso.parent)
    return reconciler("plan", "contoso", "--format", "markdown").out


def test_contosos_comment_reads_well(comment: str, regenerate: bool) -> None:
    """The golden is the comment as it is published: read its first screen alone, and decide."""
    matches("contoso-plan.md", comment, regenerate)


def test_the_first_screen_of_contosos_comment_decides(comment: str) -> None:
    first = first_screen(comment)
    assert first.startswith("## Plan: refused until 1 change is acknowledged\n")
    assert "```sh\nreconciler apply contoso --ack app/ledger-sql\n```" in first
    assert re.search(r"acks:\n  - address: app/ledger-sql\n    change: \"sha256:[0-9a-f]{64}\"", first)
    row = next(line for line in first.splitlines() if line.startswith("| `>` | `app/ledger-sql`"))
    assert "moves from `group/hr` to `group/finance`" in row
    assert "**to be acknowledged**, filter, endpoint, initial cycle, token" in row
    assert "- *initial cycle*: everyone in scope" in first
    assert len([line for line in first.splitlines() if line]) <= 44


def test_a_plan_of_every_kind_of_change_reads_well(regenerate: bool) -> None:
    edges = [
        Edge(agent("ams-1"), group("finance")),
        Edge(app("travel-ws"), group("finance")),
        Edge(agent("x"), group("y")),
    ]
    found = [Finding("EPR410", "agent/lon-2 is inactive", Severity.WARNING, place=Place("agents.yaml", 1, 1, 1, 5))]
    plan = contoso(PROTECT, FLOOR)
    matches("plan.md", plan_markdown(plan, found, edges, {"agents.yaml": ["agents:"]}), regenerate)


def test_drift_reads_well(regenerate: bool) -> None:
    plan = replace(contoso(), unverifiable=(Unverifiable(app("a"), "group", FAILED),))
    matches("drift.md", drift_markdown(drift_of(plan, ledger=True)), regenerate)


VERDICTS = {
    "nothing to change": empty(),
    "ready to be applied": contoso(),
    "ready to be applied ": contoso(replace(PROTECT, ruling=Ruling.ACKNOWLEDGED)),
    "refused until 2 changes are acknowledged": contoso(PROTECT, FLOOR),
    "refused": contoso(GuardResult("order", Ruling.REFUSED, "no order exists")),
    "nothing can be changed until somebody acts": replace(empty(), changes=(LON,)),
    "incomplete, the service could not be read": replace(
        contoso(PROTECT), unverifiable=(Unverifiable(app("a"), "group", FAILED),)
    ),
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_verdict_is_the_first_line(verdict: str) -> None:
    assert plan_markdown(VERDICTS[verdict]).startswith(f"## Plan: {verdict.strip()}\n\n")


def test_what_was_not_looked_at_stands_on_the_first_screen() -> None:
    unknown = (Unverifiable(group("hr"), "agents", Unreadable(Reason.OUT_OF_SCOPE)),)
    topology = "Topology was not looked at"
    assert topology in first_screen(plan_markdown(replace(contoso(), unverifiable=unknown)))
    assert topology in first_screen(drift_markdown(Drift("emulator", "", ledger=True, unverifiable=unknown)))
    assert topology not in plan_markdown(contoso())


def test_a_failed_read_stands_on_the_first_screen_and_is_never_in_sync() -> None:
    failed = (Unverifiable(app("a"), "group", FAILED), Unverifiable(app("b"), "group", FAILED))
    plan = first_screen(plan_markdown(replace(empty(), unverifiable=failed)))
    drift = first_screen(drift_markdown(Drift("emulator", "", ledger=True, failed=failed)))
    for shown in (plan, drift):
        assert "- could not be read: 403 Forbidden at GET `/agents`\n" in shown
        assert "nobody knows 2 fields of 2 things: neither in sync nor drift" in shown
    assert drift.startswith("## Drift: not known, 2 fields could not be read\n")


def test_without_a_ledger_the_report_says_what_that_means() -> None:
    assert NO_LEDGER in drift_markdown(Drift("emulator", "", ledger=False))
    assert NO_LEDGER not in drift_markdown(Drift("emulator", "", ledger=True))


def test_many_acknowledgements_are_counted_first_and_listed_below() -> None:
    many = tuple((app(f"a{number}"), LEDGER.digest) for number in range(9))
    made = plan_markdown(contoso(GuardResult("protect", Ruling.REFUSED, "9 apps", addresses=many)))
    assert "How to accept each of the 9 changes is folded below." in first_screen(made)
    assert f"- `--ack app/a8`, or in the spec `{LEDGER.digest}`" in made
    assert "--ack" not in first_screen(made)


def test_many_guards_findings_and_blocked_changes_are_counted() -> None:
    guards = [replace(PROTECT, guard=f"g{number}") for number in range(7)]
    blocked = tuple(replace(LON, address=agent(f"lon-{number}")) for number in range(8))
    found = [Finding("EPR410", f"agent/x{number} is inactive", Severity.WARNING) for number in range(9)]
    first = first_screen(plan_markdown(replace(contoso(*guards), changes=blocked), found))
    assert "- and 2 guards more" in first
    assert "- and 3 more blocked, below" in first
    assert "- and 4 findings more, below" in first


def test_the_gravest_comes_first() -> None:
    apps = [change(app(f"a{number:02}"), Action.CHANGE, field("group", None, group("g"))) for number in range(20)]
    removed = change(
        app("z"), Action.REMOVE, field("group", frozenset({group("g")}), None), reason="gone from the spec"
    )
    interrupted = Verdict((PROTECT,), Fewest(group("g"), 0, 2, (app("z"),)))
    plan = replace(contoso(), changes=(*apps, removed, LEGACY, LEDGER), verdict=interrupted)
    rows = [line for line in plan_markdown(plan).splitlines() if line.startswith("| `")]
    assert rows[0].startswith("| `>` | `app/ledger-sql` | moves from `group/hr` to `group/finance`; its job starts |")
    assert rows[0].endswith("| **to be acknowledged**, undoes an edit, job starts |")
    assert rows[1] == "| `-` | `app/z` | is removed; leaves `group/g` | interruption, users left alone |"
    assert "\nAnd 7 changes more, below.\n" in plan_markdown(plan)


RISKS = {
    "job stops": field("job.enabled", before=True, after=False),
    "scope": field("provisioning.scope", "all", "assigned"),
    "out of scope": field("provisioning.skipOutOfScopeDeletions", before=True, after=False),
    "no threshold": field("provisioning.deleteThreshold", 500, None),
    "threshold": field("provisioning.deleteThreshold", 500, 5000),
    "matching": field("mapping/User/match", None, None, "a → b"),
    "endpoint": field("connector.url", "https://a.example/scim", "https://b.example/scim"),
    "initial cycle": field("mapping/User/department", None, None, "- a"),
    "token": field("connector.secretToken", None, None),
    "undoes an edit": field("provisioning.notify", "a@b.example", "c@d.example", cause=Cause.DRIFT),
}


@pytest.mark.parametrize("risk", RISKS)
def test_what_could_go_wrong_is_named_and_explained(risk: str) -> None:
    made = plan_markdown(replace(contoso(), changes=(change(app("hr"), Action.CHANGE, RISKS[risk]),)))
    row = next(line for line in made.splitlines() if line.startswith("| `~` | `app/hr`"))
    assert risk in row.rpartition(" | ")[2].removesuffix(" |").split(", ")
    assert f"\n- *{risk}*: " in made


def test_a_lower_threshold_is_no_risk() -> None:
    lower = change(app("hr"), Action.CHANGE, field("provisioning.deleteThreshold", 500, 50))
    assert plan_markdown(replace(contoso(), changes=(lower,))).count("threshold*") == 0


def test_the_drawing_shows_what_moves_and_its_neighbours_only() -> None:
    stays = [Edge(agent("ams-1"), group("finance")), Edge(app("travel"), group("finance"))]
    made = plan_markdown(replace(contoso(), changes=(FINANCE,)), (), [*stays, Edge(agent("far"), group("web"))])
    drawn = made[made.index("```mermaid") : made.index("classDef")]
    assert [line.strip() for line in drawn.splitlines()[2:]] == [
        'n0(["agent/ams-1"])',
        'n1(["agent/ams-2"])',
        'n2(["agent/fra-2"])',
        'n3[["group/finance"]]:::changed',
        'n4["app/travel"]',
        "n2 ==>|new| n3",
        "n1 -.->|goes| n3",
        "n0 --> n3",
        "n3 --> n4",
        "",
    ]
    assert "mermaid" not in plan_markdown(replace(contoso(), changes=(LON,)))


def test_a_drawing_of_too_much_says_how_much_is_missing() -> None:
    many = frozenset(agent(f"a{number}") for number in range(100))
    plan = replace(contoso(), changes=(change(group("g"), Action.ADD, field("agents", None, many)),))
    assert " 20 edges more had no room." in plan_markdown(plan)


def test_many_steps_that_failed_are_counted_and_listed_below() -> None:
    failed = tuple(PlannedStep(f"s{number}", CreateGroup(group(f"g{number}"), f"G{number}")) for number in range(8))
    first, _, folded = applied_markdown(replace(contoso(), steps=failed), Outcome(failed=failed)).partition("<details>")
    assert first.startswith("## Apply: 0 of 8 steps done\n\n**0 steps done, 8 failed, 0 skipped.**")
    assert first.count("- failed: create") == 5
    assert "- and 3 more failed, below" in first
    assert folded.count("failed   create group/g") == 8


def hostile_plan(key: str, name: str, other: str) -> Plan:
    thing, place = Address(Kind.APP, f"k{key}"), Place(f"f{other}", 1, 1, 1, 2)
    fields = (
        field(f"connector.{name}", name, other, place=place),
        field(f"mapping/{key}/{name}", None, None, f"x{name}", f"y{other}"),
        field("group", frozenset({Address(Kind.GROUP, f"g{name}")}), Address(Kind.GROUP, f"h{other}")),
        field("displayName", name, other),
    )
    refused = GuardResult(f"x{name}", Ruling.REFUSED, f"x{other}", f"x{name}", f"x{other}", ((thing, f"sha{other}"),))
    return replace(
        contoso(refused),
        service=name,
        tenant_id=f"x{other}",
        changes=(
            change(thing, Action.MOVE, *fields, reason=f"x{name}", place=place),
            change(Address(Kind.AGENT, f"l{key}"), Action.ADD, *fields, reason=f"x{name}", blocked=f"x{other}"),
        ),
        steps=(PlannedStep(f"s{key}", CreateGroup(thing, name)),),
        unverifiable=(
            Unverifiable(thing, name, Unreadable(Reason.FAILED, f"x{other}")),
            Unverifiable(thing, f"x{other}", Unreadable(Reason.MASKED)),
        ),
        unmanaged=(Address.unbound(Kind.GROUP, f"u{key}"),),
        names={Address.unbound(Kind.GROUP, f"u{key}"): f"x{other}"},
        notes=(f"x{name}",),
        digest=f"x{other}",
    )


def hostile_finding(key: str, name: str, other: str) -> Finding:
    place = Place(f"f{name}", 1, 1, 1, 4)
    return Finding(
        "EPR201", f"x{other}", Severity.ERROR, key, place, (Related(place, other),), name, other, f"x{name}", key, other
    )


def hostile_pages(key: str, name: str, other: str) -> list[str]:
    plan, found = hostile_plan(key, name, other), hostile_finding(key, name, other)
    sources = {f"f{name}": (f"a {other}",)}
    return [
        plan_markdown(plan, [found], [Edge(agent(f"a{key}"), group(f"h{other}"))], sources, command="reconciler apply"),
        drift_markdown(drift_of(plan, ledger=False), [found], [], sources),
        findings_markdown([found], sources, title="Plan", refused=f"x{other}"),
        applied_markdown(plan, Outcome(failed=plan.steps, skipped=plan.steps, stopped=f"x{other}"), [found], sources),
        applied_markdown(plan, Outcome(done=plan.steps, left=plan), [found], sources),
    ]


@settings(max_examples=50)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_name_adds_anything_but_text(key: str, name: str, other: str) -> None:
    tame = hostile_pages("a/b", "a/b", "a/b")
    for hostile, expected in zip(hostile_pages(key, name, other), tame, strict=True):
        assert structure(hostile) == structure(expected)
        ours = {found for text in loose(expected) for found in MARKUP.findall(text)}
        assert {found for text in loose(hostile) for found in MARKUP.findall(text)} <= ours
        assert all(letter == "\n" or letter.isprintable() for letter in hostile)


@settings(max_examples=15)
@given(st.integers(1, 60), st.sampled_from(["x", "`", "|", "@a ", "東"]))
def test_a_page_is_never_too_long_and_counts_what_it_leaves_out(times: int, letter: str) -> None:
    name = letter * 400
    apps = tuple(
        change(Address(Kind.APP, f"{number}{name}"), Action.REMOVE, field("group", name, name), reason=name)
        for number in range(times * 5)
    )
    found = [Finding("EPR201", f"{number} {name}", hint=name, found=name) for number in range(times)]
    guards = [GuardResult(name, Ruling.REFUSED, name, name, name, tuple((each.address, name) for each in apps))] * 20
    plan = replace(contoso(*guards), changes=apps, notes=(name,) * 50, service=name, tenant_id=name, digest=name)
    for made in (
        plan_markdown(plan, found),
        drift_markdown(drift_of(plan, ledger=False), found),
        findings_markdown(found, {}),
        applied_markdown(plan, Outcome(failed=plan.steps, skipped=plan.steps * times, stopped=name), found),
    ):
        assert len(made) <= LIMIT
        cut = re.search(r"Left out[^\n]*?\b(\d+) changes?\b", made)
        left = int(cut[1]) if cut else 0
        assert made.count("```diff") == (0 if made.startswith("## Valid") else len(apps) - left)
