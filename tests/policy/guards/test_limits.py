"""Percentages and counts: how much a plan may remove and change unasked, and which addresses fill it."""

from __future__ import annotations

import pytest

from reconciler.model.address import Kind
from reconciler.model.plan import GuardResult, Ruling
from reconciler.model.spec import Acknowledgement, Limits
from reconciler.policy.guards import counts, percentages
from tests.policy.guards.cases import case, change, named, removal

NONE = Limits(max_removals_percent=None, max_apps_changed=None)


@pytest.mark.parametrize("kind", [Kind.GROUP, Kind.APP])
@pytest.mark.parametrize(
    ("removed", "whole", "ruling"), [(1, 4, Ruling.PASS), (2, 7, Ruling.REFUSED), (1, 3, Ruling.REFUSED)]
)
def test_removals_are_measured_against_what_is_managed_of_the_kind(
    kind: Kind, removed: int, whole: int, ruling: Ruling
) -> None:
    other = Kind.APP if kind is Kind.GROUP else Kind.GROUP
    managed = [*named(kind, whole), *named(other, 100)]
    results = percentages.check(
        case([removal(each) for each in named(kind, removed)], managed=managed, limits=Limits(max_apps_changed=None))
    )
    (result,) = [each for each in results if each.guard == "removals"]
    assert (result.ruling, result.limit) == (ruling, "25 %")
    assert result.message.startswith(f"{removed} of {whole} {kind.value}s")
    assert len(result.addresses) == (removed if ruling is Ruling.REFUSED else 0)


def test_a_percentage_is_said_in_whole_numbers() -> None:
    (result, *_) = percentages.check(case([removal(named(Kind.GROUP, 1)[0])], managed=named(Kind.GROUP, 3)))
    assert (result.measured, result.message) == ("33 %", "1 of 3 groups would be removed")


@pytest.mark.parametrize("limits", [NONE, Limits(max_removals_percent=100, max_apps_changed=None)])
def test_a_limit_that_is_not_set_or_not_reached_refuses_nothing(limits: Limits) -> None:
    here = case([removal(each) for each in named(Kind.GROUP, 3)], managed=named(Kind.GROUP, 3), limits=limits)
    assert all(result.ruling is Ruling.PASS for module in (percentages, counts) for result in module.check(here))


def test_a_plan_that_removes_nothing_is_not_measured() -> None:
    assert not list(percentages.check(case([change(named(Kind.GROUP, 1)[0])], managed=named(Kind.GROUP, 1))))
    assert not list(counts.check(case([])))


def changed_apps(number: int, limits: Limits, *acks: Acknowledgement) -> list[GuardResult]:
    here = case(
        [change(each) for each in named(Kind.APP, number)], managed=named(Kind.APP, 10), limits=limits, acks=acks
    )
    return [*percentages.check(here), *counts.check(here)]


@pytest.mark.parametrize(
    "limits", [Limits(max_apps_changed=2), Limits(max_apps_changed=None, max_apps_changed_percent=20)]
)
def test_too_many_changed_apps_are_listed_to_be_acknowledged_one_by_one(limits: Limits) -> None:
    assert [result.ruling for result in changed_apps(2, limits)] == [Ruling.PASS]
    (result,) = changed_apps(3, limits)
    assert (result.ruling, len(result.addresses)) == (Ruling.REFUSED, 3)


def test_only_addresses_without_an_acknowledgement_are_missing() -> None:
    apps = named(Kind.APP, 3)
    (result,) = changed_apps(
        3, Limits(max_apps_changed=2), Acknowledgement(apps[0]), Acknowledgement(apps[1], "sha256:other")
    )
    assert [address for address, _ in result.addresses] == apps[1:]
    (result,) = changed_apps(3, Limits(max_apps_changed=2), *map(Acknowledgement, apps))
    assert result.ruling is Ruling.ACKNOWLEDGED


def test_all_removals_together_are_counted() -> None:
    changes = [removal(each) for kind in (Kind.GROUP, Kind.APP) for each in named(kind, 1)]
    (result,) = [
        each for each in counts.check(case(changes, limits=Limits(max_removals=1))) if each.guard == "removals"
    ]
    assert (result.ruling, result.measured, result.limit) == (Ruling.REFUSED, "2", "1")
