"""EPR001: an app is served by exactly one agent group."""

import pytest
from msgspec.structs import replace

from reconciler.model.address import app
from reconciler.model.fields import Surface
from reconciler.policy.rules.epr001_one_group_per_app import check
from tests.policy.rules.specs import CLEAR, build, place_of, sound


def test_an_app_in_a_group_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("key", ["resource.resourceName", "resource.id"])
def test_an_app_with_a_resource_needs_a_group(key: str) -> None:
    (finding,) = check(build(groups={"hr": {}}, apps={"crm": {key: "crm"}}))
    assert (finding.rule, finding.address, finding.place) == ("EPR001", "app/crm", place_of(app("crm")))
    assert finding.suggestion == "group: hr"


def test_an_app_whose_group_is_cleared_is_found_at_the_value() -> None:
    (finding,) = check(build(groups={"hr": {}, "web": {}}, apps={"crm": {"group": CLEAR}}))
    assert finding.place == place_of(app("crm"), "group")
    assert finding.suggestion == ""


def test_an_app_that_leaves_its_assignment_unmanaged_passes() -> None:
    assert not list(check(build(apps={"crm": {"job.enabled": True}})))


def test_a_repository_without_the_topology_assigns_nothing() -> None:
    spec = build(apps={"crm": {"resource.resourceName": "crm"}})
    assert not list(check(replace(spec, surfaces=frozenset({Surface.APPS}))))
