"""EPR240: what is protected stays protected under its new key."""

from reconciler.model.address import group
from reconciler.model.finding import Finding
from reconciler.model.spec import Policy
from reconciler.policy.rules.epr240_protection_follows_renames import check
from tests.policy.rules.specs import build, place_of, sound


def found(*protected: str) -> list[Finding]:
    policy = Policy(protect=frozenset(map(group, protected)))
    return list(check(build(groups={"finance": {"previously.key": "fin"}, "hr": {}}, policy=policy)))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_protection_of_the_old_key_alone_is_found_at_the_rename() -> None:
    (finding,) = found("fin", "hr")
    assert (finding.rule, finding.address) == ("EPR240", "group/finance")
    assert finding.place == place_of(group("finance"), "previously.key")
    assert finding.suggestion == "group/finance"


def test_protection_of_the_new_key_passes() -> None:
    assert not found("finance", "fin")


def test_what_was_never_protected_passes() -> None:
    assert not found("hr")
