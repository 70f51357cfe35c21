"""EPR241: the service's default group is nobody's to make, rename or delete."""

import pytest

from reconciler.model.address import group
from reconciler.policy.rules.epr241_default_group import check
from tests.policy.rules.specs import build, place_of, sound


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("name", ["Default", "default group", " DEFAULT "])
def test_a_group_that_is_named_as_a_default_one_is(name: str) -> None:
    (finding,) = check(build(groups={"all": {"displayName": name}}))
    assert (finding.rule, finding.address) == ("EPR241", "group/all")
    assert finding.place == place_of(group("all"), "displayName")


def test_an_id_says_which_group_is_meant() -> None:
    assert not list(check(build(groups={"all": {"displayName": "Default", "id": "8832388f"}})))


def test_other_names_pass() -> None:
    assert not list(check(build(groups={"all": {"displayName": "Default services"}})))
