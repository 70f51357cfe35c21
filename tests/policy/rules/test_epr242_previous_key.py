"""EPR242: a previous key names one thing that is gone from the spec."""

from reconciler.model.address import app, group
from reconciler.policy.rules.epr242_previous_key import check
from tests.policy.rules.specs import build, place_of, sound


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_a_key_that_is_gone_passes() -> None:
    assert not list(check(build(groups={"finance": {"previously.key": "fin"}})))


def test_a_key_that_is_still_in_use() -> None:
    (finding,) = check(build(groups={"finance": {"previously.key": "fin"}, "fin": {}}))
    assert (finding.rule, finding.address) == ("EPR242", "group/finance")
    assert finding.place == place_of(group("finance"), "previously.key")
    assert [other.place for other in finding.related] == [place_of(group("fin"))]


def test_a_key_of_another_kind_is_another_key() -> None:
    assert not list(check(build(groups={"fin": {}}, apps={"finance": {"previously.key": "fin"}})))


def test_a_thing_that_names_its_own_key() -> None:
    (finding,) = check(build(apps={"fin": {"previously.key": "fin"}}))
    assert "its own key" in finding.message
    assert finding.related == ()


def test_two_things_that_claim_one_key() -> None:
    (finding,) = check(build(apps={"a": {"previously.key": "old"}, "b": {"previously.key": "old"}}))
    assert (finding.address, finding.place) == ("app/b", place_of(app("b"), "previously.key"))
    assert [other.place for other in finding.related] == [place_of(app("a"), "previously.key")]
