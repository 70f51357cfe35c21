"""EPR243: a group's previous name is no other group's."""

from reconciler.model.address import group
from reconciler.policy.rules.epr243_previous_name import check
from tests.policy.rules.specs import build, place_of, sound

RENAMED = {"displayName": "Finance", "previously.displayName": "FIN"}


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_a_name_that_nobody_else_has_passes() -> None:
    assert not list(check(build(groups={"finance": RENAMED, "hr": {"displayName": "HR"}})))


def test_a_name_that_another_group_has() -> None:
    (finding,) = check(build(groups={"finance": RENAMED, "fin": {"displayName": "Fin"}}))
    assert (finding.rule, finding.address) == ("EPR243", "group/finance")
    assert finding.place == place_of(group("finance"), "previously.displayName")
    assert [other.place for other in finding.related] == [place_of(group("fin"), "displayName")]


def test_a_name_that_another_group_claims_too() -> None:
    (finding,) = check(build(groups={"a": {"previously.displayName": "FIN"}, "b": {"previously.displayName": "fin"}}))
    assert finding.address == "group/b"
    assert [other.place for other in finding.related] == [place_of(group("a"), "previously.displayName")]


def test_an_id_tells_which_live_group_is_meant() -> None:
    assert not list(check(build(groups={"finance": {**RENAMED, "id": "8832388f"}, "fin": {"displayName": "FIN"}})))


def test_a_group_that_keeps_its_name_passes() -> None:
    assert not list(check(build(groups={"fin": {"displayName": "FIN", "previously.displayName": "fin"}})))
