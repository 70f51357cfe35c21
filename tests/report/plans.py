"""Plans built by hand, as a planner makes them, for the tests of renderers."""

from __future__ import annotations

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group, proxy
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.place import Place
from reconciler.model.plan import (
    Action,
    Budget,
    Cause,
    Change,
    Fewest,
    FieldChange,
    GuardResult,
    Plan,
    PlannedStep,
    Ruling,
    Unverifiable,
    Verdict,
)
from reconciler.model.secret import SecretSource
from reconciler.model.states import Edge, FieldValue
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    RemoveMember,
    RenameGroup,
    Settle,
    StartJob,
    Unassign,
    WriteConnection,
    WriteSchema,
)

TENANT = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
MASKED = Unreadable(Reason.MASKED)
NO_FACTS = Unreadable(Reason.NO_FACTS)
APPS = ("badge-ldap", "crm-scim", "hr-sql", "intranet-scim", "ledger-sql", "travel-ws")


def at(file: str, line: int, column: int = 5) -> Place:
    return Place(file, line, column, line, column + 10)


def field(
    key: str,
    before: FieldValue | None = None,
    after: FieldValue | None = None,
    *lines: str,
    cause: Cause = Cause.PENDING,
    place: Place | None = None,
) -> FieldChange:
    return FieldChange(key, before, after, cause, lines, place)


def change(
    address: Address,
    action: Action,
    *fields: FieldChange,
    reason: str = "",
    blocked: str = "",
    place: Place | None = None,
) -> Change:
    return Change(address, action, fields, reason, "sha256:" + "0123456789abcdef" * 4, blocked, place)


PLANT = change(
    group("plant"),
    Action.ADD,
    field("displayName", None, "Plant floor"),
    field("agents", None, frozenset({agent("ams-3")})),
    reason="the service has no group of this name",
    place=at("agents.yaml", 27, 3),
)
FINANCE = change(
    group("finance"),
    Action.MOVE,
    field("displayName", "FIN", "Finance"),
    field("agents", frozenset({agent("ams-1"), agent("ams-2")}), frozenset({agent("ams-1"), agent("fra-2")})),
    reason="renamed in the spec: previously FIN",
    place=at("agents.yaml", 18, 3),
)
HR = change(
    app("hr-sql"),
    Action.CHANGE,
    field(
        "mapping/User/Department",
        None,
        None,
        'department → constant "Human Resources"',
        place=at("apps/hr-sql.yaml", 12, 11),
    ),
    field(
        "mapping/User/DisplayName",
        None,
        None,
        '=Append([givenName], [surname]) → =Join(" ", [givenName], [surname])',
        place=at("mappings/ecma-sql-users.yaml", 14, 7),
        cause=Cause.DRIFT,
    ),
    field(
        "mapping/User/filter", None, None, "+ employees: employeeType EQUALS Employee", "- everyone: mail IS NOT NULL"
    ),
    field("provisioning.deleteThreshold", None, 50, place=at("reconciler.yaml", 22, 7)),
    field("connector.secretToken", None, SecretSource(1, file="secrets/hr-sql.token")),
    reason="the spec changed; starts an initial cycle for everyone in scope",
    place=at("apps/hr-sql.yaml", 2, 3),
)
LEDGER = change(
    app("ledger-sql"),
    Action.MOVE,
    field("group", frozenset({group("hr")}), group("finance"), place=at("apps/ledger-sql.yaml", 5, 12)),
    field("job.enabled", before=False, after=True, cause=Cause.BOTH),
    reason="moved in the spec",
    place=at("apps/ledger-sql.yaml", 2, 3),
)
LEGACY = change(group("legacy"), Action.REMOVE, field("displayName", "Legacy", None), reason="gone from the spec")
WINDOW = change(
    UPDATER,
    Action.CHANGE,
    field("window.start", "00:00", "01:00"),
    field("window.end", None, "05:00"),
    reason="the spec changed",
    place=at("reconciler.yaml", 26, 1),
)
LON = change(
    agent("lon-3"),
    Action.ADD,
    reason="no agent of this machine name is registered",
    blocked="install the agent on prov-lon-3.contoso.local and sign in as a Hybrid Identity Administrator",
    place=at("agents.yaml", 11, 3),
)

STEPS = (
    PlannedStep("s1", CreateGroup(group("plant"), "Plant floor"), (), 2),
    PlannedStep("s2", RenameGroup(group("finance"), "Finance", "FIN"), (), 2),
    PlannedStep("s3", AddMember(agent("ams-3"), group("plant")), ("s1",), 2),
    PlannedStep("s4", AddMember(agent("fra-2"), group("finance")), (), 2),
    PlannedStep("s5", Assign(app("ledger-sql"), group("finance")), (), 2),
    PlannedStep(
        "s6",
        Settle(frozenset({Edge(agent("fra-2"), group("finance")), Edge(app("ledger-sql"), group("finance"))}), 2.0),
        ("s4", "s5"),
        0,
    ),
    PlannedStep("s7", RemoveMember(agent("ams-2"), group("finance")), ("s6",), 2),
    PlannedStep("s8", Unassign(app("ledger-sql"), group("hr")), ("s6",), 2),
    PlannedStep(
        "s9",
        WriteConnection(
            app("hr-sql"),
            {"provisioning.deleteThreshold": 50},
            {"connector.secretToken": SecretSource(1, file="secrets/hr-sql.token")},
        ),
        (),
        2,
    ),
    PlannedStep("s10", WriteSchema(app("hr-sql"), {"User": None}), ("s9",), 3),
    PlannedStep("s11", StartJob(app("ledger-sql")), ("s6", "s8"), 2),
)

UNKNOWN = (
    *(Unverifiable(app(key), "connector.secretToken", MASKED) for key in APPS),
    *(Unverifiable(agent(key), "proxy", NO_FACTS) for key in ("ams-1", "ams-2", "fra-1")),
    *(
        Unverifiable(proxy(key), part, NO_FACTS)
        for key in ("ams", "fra")
        for part in ("address", "bypass", "bypassOnLocal")
    ),
)

PROTECT = GuardResult(
    "protect",
    Ruling.REFUSED,
    "app/ledger-sql is protected, and moves from group/hr to group/finance",
    addresses=((app("ledger-sql"), LEDGER.digest),),
)
FLOOR = GuardResult(
    "removals",
    Ruling.REFUSED,
    "1 of 3 groups would be removed",
    "33 %",
    "25 %",
    ((group("legacy"), LEGACY.digest),),
)


def contoso(*guards: GuardResult) -> Plan:
    """A plan with every kind of change, and these guards' results."""
    return Plan(
        "emulator",
        TENANT,
        (),
        (),
        (PLANT, FINANCE, LEGACY, HR, LEDGER, WINDOW, LON),
        STEPS,
        Verdict(guards, Fewest(group("hr"), 3, 3)),
        Budget(31, 9, 1260.0, 1200.0),
        "sha256:" + "f" * 64,
        unverifiable=UNKNOWN,
        unmanaged=(
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000001"),
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000002"),
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000003"),
            Address.unbound(Kind.AGENT, "a1"),
        ),
        names={
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000001"): "Print servers",
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000002"): "Test",
            Address.unbound(Kind.GROUP, "8832388f-0000-4000-8000-000000000003"): "Test",
        },
        notes=("whether the service holds an app in two groups at once is not known; planned as if it does",),
    )


def empty() -> Plan:
    return Plan("emulator", TENANT, (), (), (), (), Verdict(), Budget(), "sha256:" + "e" * 64)
