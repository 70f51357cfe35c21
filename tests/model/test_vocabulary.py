"""The small words of the model: addresses, places, findings, secrets, fields, and the errors that carry them."""

from __future__ import annotations

import copy
import pickle
from itertools import permutations

import pytest
from hypothesis import given
from msgspec.structs import replace

from reconciler import errors
from reconciler.errors import PRECEDENCE, ExitCode, ReconcilerError, Refused, Unreadable, strongest
from reconciler.model import cells
from reconciler.model.address import UPDATER, Address, Kind, agent, app, group, proxy
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Reason
from reconciler.model.fields import FIELDS, MAPPINGS, Role, Surface, field_of, managed, surface_of
from reconciler.model.finding import Finding, Severity, has_errors, in_order
from reconciler.model.mappings import Clause, ClauseGroup, Source, SourceKind
from reconciler.model.place import Place
from reconciler.model.plan import (
    Budget,
    GuardResult,
    Plan,
    PlannedStep,
    Ruling,
    Verdict,
)
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.steps import PauseJob
from tests.strategies import parts

# addresses


@given(parts())
def test_an_address_is_read_as_it_is_printed(address: Address) -> None:
    assert Address.parse(str(address)) == address


def test_a_part_runs_verbatim_to_the_end() -> None:
    whole = app("crm").within("mapping").within('User/emails[type eq "work/home"].value')
    assert str(whole) == 'app/crm/mapping/User/emails[type eq "work/home"].value'
    assert whole.thing == app("crm")
    assert app("crm").thing == app("crm")


@pytest.mark.parametrize("text", ["", "group", "group/", "planet/mars", "/x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"group/hr|is not a valid Kind"):
        Address.parse(text)


def test_addresses_sort_as_they_are_printed() -> None:
    assert sorted([group("b"), app("c"), group("a")]) == [app("c"), group("a"), group("b")]


def test_a_live_object_that_nobody_named_has_an_address_that_no_spec_can_write() -> None:
    assert str(Address.unbound(Kind.GROUP, "42")) == "group/id:42"
    assert not Address.unbound(Kind.GROUP, "42").is_bound
    assert all(each.is_bound for each in (group("42"), agent("x"), proxy("y"), UPDATER))


# findings


def finding(line: int | None, rule: str = "EPR101", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule, "m", severity, place=None if line is None else Place("a.yaml", line, 1, line, 2))


def test_findings_are_shown_by_place_each_once_and_those_without_a_place_last() -> None:
    nowhere, first, later = finding(None), finding(1), finding(9)
    for order in permutations([nowhere, later, first, first]):
        assert in_order(order) == (first, later, nowhere)


def test_only_an_error_stops_the_work() -> None:
    assert has_errors([finding(1, severity=Severity.NOTE), finding(1)])
    assert not has_errors([finding(1, severity=Severity.WARNING), finding(2, severity=Severity.NOTE)])


def test_a_place_is_shown_as_editors_read_it() -> None:
    assert str(Place("apps/hr.yaml", 3, 7, 3, 9)) == "apps/hr.yaml:3:7"


def test_a_rules_finding_has_the_rules_id_weight_and_page() -> None:
    made = Rule("EPR999", "t", "w", Severity.WARNING, page="https://x").finding("m", found="f", hint="h")
    assert (made.rule, made.severity, made.page, made.found, made.hint) == (
        "EPR999",
        Severity.WARNING,
        "https://x",
        "f",
        "h",
    )


# secrets


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = SecretText("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hunter2"
    assert len(secret) == 7
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)


def test_a_secret_is_equal_to_its_own_kind_only() -> None:
    assert SecretText("a") == SecretText("a")
    assert len({SecretText("a"), SecretText("a"), SecretText("b")}) == 2
    assert SecretText("a") != "a"


def test_the_source_of_a_secret_says_where_it_is() -> None:
    assert str(SecretSource(1, env="HR_TOKEN")) == "env HR_TOKEN"
    assert str(SecretSource(1, file="secrets/hr")) == "file secrets/hr"


# fields


def test_every_mapping_belongs_to_one_field() -> None:
    assert field_of(Kind.APP, "mapping/User") is field_of(Kind.APP, MAPPINGS)
    assert field_of(Kind.GROUP, "displayName").surface is Surface.TOPOLOGY
    with pytest.raises(KeyError):
        field_of(Kind.GROUP, "colour")


def test_a_surface_shows_its_own_fields() -> None:
    assert surface_of(Kind.APP, "mapping/User") is Surface.APPS
    assert surface_of(Kind.APP, "resource.resourceName") is Surface.TOPOLOGY
    assert surface_of(Kind.PROXY, "address") is Surface.HOSTS
    assert surface_of(Kind.AGENT, "site") is None
    assert surface_of(Kind.AGENT, "colour") is None


def test_every_field_that_is_compared_or_observed_is_shown_by_a_surface() -> None:
    for kind, fields in FIELDS.items():
        assert len({field.key for field in fields}) == len(fields)
        for field in fields:
            assert (field.surface is not None) or field.role in (Role.BINDING, Role.POLICY), (kind, field.key)


def test_the_managed_fields_of_a_surface_are_those_that_are_compared() -> None:
    assert {field.key for field in managed(Kind.APP, Surface.TOPOLOGY)} == {"resource.displayName", "group"}
    assert {field.key for field in managed(Kind.GROUP)} == {"displayName", "agents"}


# words of mappings


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (Source(SourceKind.ATTRIBUTE, "mail"), "mail"),
        (Source(SourceKind.CONSTANT, "HR"), '"HR"'),
        (Source(SourceKind.EXPRESSION, "ToLower([mail])"), "=ToLower([mail])"),
        (Source(SourceKind.NOTHING), "nothing"),
    ],
)
def test_a_source_is_shown_as_a_spec_writes_it(source: Source, shown: str) -> None:
    assert str(source) == shown


def test_a_filter_reads_as_a_sentence() -> None:
    both = (Clause("employeeType", "EQUALS", ("Employee", "Intern")), Clause("mail", "IS NOT NULL"))
    assert str(ClauseGroup("staff", both)) == "staff: employeeType EQUALS Employee, Intern and mail IS NOT NULL"


# bindings


def test_bindings_grow_by_what_steps_create() -> None:
    grown = Bindings().with_group(group("hr"), "1").with_resource(app("x"), "2").with_job(app("x"), "3")
    assert (grown.groups, grown.resources, grown.jobs) == ({group("hr"): "1"}, {app("x"): "2"}, {app("x"): "3"})
    later = grown.merged(Bindings(groups={group("hr"): "9"}, unread={app("y"): cells.Unreadable(Reason.FAILED)}))
    assert later.groups == {group("hr"): "9"}
    assert later.jobs == grown.jobs
    assert set(later.unread) == {app("y")}


# plans


def guard(ruling: Ruling) -> GuardResult:
    return GuardResult("floors", ruling, "m")


def test_a_refusal_weighs_more_than_an_acknowledgement_and_that_more_than_a_pass() -> None:
    assert Verdict().ruling is Ruling.PASS
    assert Verdict((guard(Ruling.PASS),)).ruling is Ruling.PASS
    assert Verdict((guard(Ruling.PASS), guard(Ruling.ACKNOWLEDGED))).ruling is Ruling.ACKNOWLEDGED
    assert Verdict((guard(Ruling.REFUSED), guard(Ruling.ACKNOWLEDGED))).ruling is Ruling.REFUSED


def test_a_plan_is_empty_without_steps() -> None:
    nothing = Plan("s", "t", (), (), (), (), Verdict(), Budget(), "")
    assert nothing.is_empty
    assert not replace(nothing, steps=(PlannedStep("s1", PauseJob(app("x"))),)).is_empty


def test_only_a_failed_read_is_a_failure() -> None:
    assert [reason for reason in Reason if cells.Unreadable(reason).is_failure] == [Reason.FAILED]


# errors


def test_of_several_exit_codes_the_caller_hears_the_strongest() -> None:
    assert set(PRECEDENCE) == set(ExitCode)
    assert strongest([]) is ExitCode.DONE
    assert strongest([ExitCode.CHANGES, ExitCode.PARTLY_APPLIED, ExitCode.ERROR]) is ExitCode.PARTLY_APPLIED
    assert [code.value for code in PRECEDENCE] == [64, 6, 4, 130, 5, 1, 7, 3, 2, 0]


def test_every_error_is_drawn_with_its_exit_code() -> None:
    assert errors.__doc__ is not None
    for error in (ReconcilerError, *ReconcilerError.__subclasses__()):
        if error.__module__ == errors.__name__:
            (line,) = (line for line in errors.__doc__.splitlines() if error.__name__ in line.split())
            assert str(error.exit_code.value) in line.split()


def test_an_error_carries_its_hint_and_its_findings() -> None:
    fault = finding(1)
    assert Refused("m", (fault,), hint="h").findings == (fault,)
    assert Unreadable("m", (fault,), hint="h").findings == (fault,)
    assert Unreadable("m").findings == ()
    assert (ReconcilerError("m", hint="h").message, ReconcilerError("m", hint="h").hint) == ("m", "h")
