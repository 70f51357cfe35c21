"""What spec and service agree on is on record after an apply, and nothing else is."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.apply.adopt import adopted
from reconciler.model.address import UPDATER, app, proxy
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Clear, Reason, Unreadable, Value
from reconciler.model.plan import Action, Cause, Change, FieldChange, Unverifiable
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, DesiredState, Thing
from tests.apply.runs import AMS, FRA, HR, NEW, SQL, TOKEN, plan_of, wanted_mapping

EMPTY = plan_of()
BINDINGS = Bindings({AMS: "a-ams"}, {HR: "g-hr"}, {SQL: "p-sql"}, {SQL: "r-sql"})
DESIRED = DesiredState(
    {
        AMS: Thing(AMS, {"machineName": Value("ams"), "site": Value("ams")}),
        FRA: Thing(FRA, {"machineName": Value("fra")}),
        HR: Thing(HR, {"displayName": Value("HR"), "agents": Value(frozenset({AMS})), "availability": Value("x")}),
        SQL: Thing(
            SQL,
            {
                "group": Value(HR),
                "mapping/User": Value(wanted_mapping("HR")),
                TOKEN: Value(SecretSource(1, env="T")),
                "provisioning.notify": Clear(),
                "resource.resourceName": Value("sql"),
            },
        ),
        UPDATER: Thing(UPDATER, {"allowOverride": Value(value=True)}),
        proxy("ams"): Thing(proxy("ams"), {"address": Value("http://x")}),
    }
)


def adopt(plan=EMPTY, applied=AppliedState(), *, forget=True):  # noqa: B008
    return adopted(applied, DESIRED, BINDINGS, plan, forget=forget)


def test_everything_that_is_in_sync_is_on_record_with_its_live_id():
    applied = adopt()
    assert applied.things[HR] == Thing(
        HR, {"displayName": Value("HR"), "agents": Value(frozenset({AMS}))}, live_id="g-hr"
    )
    assert applied.things[AMS].live_id == "a-ams"
    assert applied.cell(SQL, "group") == Value(HR)
    assert applied.cell(SQL, "resource.id") == Value("r-sql")
    assert applied.cell(SQL, "mapping/User") == Value(wanted_mapping("HR"))
    assert applied.cell(UPDATER, "allowOverride") == Value(value=True)


def test_what_is_not_live_is_not_on_record():
    applied = adopt()
    assert not applied.manages(FRA)
    assert not applied.manages(proxy("ams"))
    assert TOKEN not in applied.things[SQL].cells


def change(address, key=None):
    fields = (FieldChange(key, None, None, Cause.PENDING),) if key else ()
    return Change(address, Action.CHANGE, fields, "", "sha256:x")


def test_a_field_that_still_differs_keeps_what_was_applied():
    before = AppliedState({HR: Thing(HR, {"displayName": Value("Old")}, live_id="g-hr")})
    applied = adopt(replace(EMPTY, changes=(change(HR, "displayName"),)), before)
    assert applied.cell(HR, "displayName") == Value("Old")
    assert applied.cell(HR, "agents") == Value(frozenset({AMS}))


def test_a_mapping_of_which_a_part_still_differs_keeps_what_was_applied():
    applied = adopt(replace(EMPTY, changes=(change(SQL, "mapping/User/department"),)))
    assert "mapping/User" not in applied.things[SQL].cells
    assert applied.cell(SQL, "group") == Value(HR)


def test_a_field_that_cannot_be_verified_is_not_on_record():
    unknown = Unverifiable(SQL, "group", Unreadable(Reason.FAILED))
    assert "group" not in adopt(replace(EMPTY, unverifiable=(unknown,))).things[SQL].cells


def test_a_change_of_a_whole_thing_leaves_all_of_it_alone():
    assert adopt(replace(EMPTY, changes=(change(HR),))).things[HR].cells == {}


def test_of_an_app_without_a_principal_only_its_resource_is_on_record():
    plan = replace(EMPTY, changes=(change(SQL, "servicePrincipal.id"),))
    here = adopted(AppliedState(), DESIRED, replace(BINDINGS, principals={}), plan, forget=True)
    assert here.things[SQL].cells == {"group": Value(HR), "resource.id": Value("r-sql")}


def test_what_was_cleared_is_no_longer_on_record():
    before = AppliedState({SQL: Thing(SQL, {"provisioning.notify": Value("a@b.test")})})
    assert "provisioning.notify" not in adopt(applied=before).things[SQL].cells


def test_of_a_token_that_was_taken_away_no_digest_is_kept():
    before = AppliedState(
        {SQL: Thing(SQL, {TOKEN: Value(SecretSource(1, env="T"))})}, secret_digests={SQL.within(TOKEN): "scrypt:x"}
    )
    assert adopt(applied=before).secret_digests == before.secret_digests
    cells = {**DESIRED.things[SQL].cells, TOKEN: Clear()}
    without = replace(DESIRED, things={**DESIRED.things, SQL: replace(DESIRED.things[SQL], cells=cells)})
    assert adopted(before, without, BINDINGS, EMPTY, forget=True).secret_digests == {}


def test_a_thing_that_left_the_spec_and_the_service_is_forgotten_only_when_everything_was_read():
    digests = {app("gone").within(TOKEN): "scrypt:x"}
    before = AppliedState({each: Thing(each, {}) for each in (NEW, app("gone"))}, secret_digests=digests)
    assert not adopt(applied=before).manages(NEW)
    assert adopt(applied=before).secret_digests == {}
    assert adopt(applied=before, forget=False).manages(NEW)
    assert adopt(replace(EMPTY, changes=(change(NEW),)), before).manages(NEW)
    unknown = Unverifiable(NEW, "agents", Unreadable(Reason.FAILED))
    assert adopt(replace(EMPTY, unverifiable=(unknown,)), before).manages(NEW)
