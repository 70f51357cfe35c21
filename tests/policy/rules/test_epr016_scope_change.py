"""EPR016: a change of scope has a threshold of deletions before it."""

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Known, Reason, Unreadable
from reconciler.model.mappings import ObjectMapping
from reconciler.model.states import LiveState, Thing
from tests.policy.rules.written import found, found_in, found_live

FILTER = "mappings: [{source: User, target: User, filter: [{name: x, all: [{attribute: a, operator: IS TRUE}]}]}]"
A = app("a")


@pytest.mark.parametrize(
    "rest",
    ["provisioning: {scope: assigned, deleteThreshold: null}", f"provisioning: {{deleteThreshold: null}}, {FILTER}"],
)
def test_a_managed_scope_without_a_threshold_is_a_warning(rest: str) -> None:
    (finding,) = found("EPR016", f"apps: {{a: {{{rest}}}}}")
    assert (finding.address, finding.place and finding.place.line) == ("app/a", 1)


@pytest.mark.parametrize(
    "provisioning",
    [
        "scope: assigned",
        "scope: assigned, deleteThreshold: 5",
        "scope: assigned, deleteThreshold: null, skipOutOfScopeDeletions: true",
        "deleteThreshold: null",
    ],
)
def test_what_is_guarded_or_unmanaged_is_fine(provisioning: str) -> None:
    assert not found("EPR016", f"apps: {{a: {{provisioning: {{{provisioning}}}}}}}")


def test_a_scope_that_gets_narrower_at_the_service_needs_a_threshold() -> None:
    text = "apps: {a: {provisioning: {scope: assigned}}}"
    assert found_live("EPR016", text, A, provisioning__scope="all")
    assert not found_live("EPR016", text, A, provisioning__scope="assigned")
    assert not found_live("EPR016", text, A, provisioning__scope="all", provisioning__deleteThreshold=5)
    assert not found_live("EPR016", text, A, provisioning__scope="all", provisioning__skipOutOfScopeDeletions=True)
    assert not found_live("EPR016", "apps: {a: {provisioning: {scope: all}}}", A, provisioning__scope="assigned")


def test_a_threshold_that_could_not_be_read_may_be_there() -> None:
    cells = {"provisioning.scope": Known("all"), "provisioning.deleteThreshold": Unreadable(Reason.FAILED)}
    assert not found_in("EPR016", "apps: {a: {provisioning: {scope: assigned}}}", LiveState({A: Thing(A, cells)}))


def test_another_filter_needs_a_threshold_and_the_same_one_does_not() -> None:
    held = {"mapping/User": Known(ObjectMapping("User", "User"))}
    assert found_in("EPR016", f"apps: {{a: {{{FILTER}}}}}", LiveState({A: Thing(A, held)}))
    same = "apps: {a: {mappings: [{source: User, target: User, filter: []}]}}"
    assert not found_in("EPR016", same, LiveState({A: Thing(A, held)}))
