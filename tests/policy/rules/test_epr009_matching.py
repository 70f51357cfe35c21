"""EPR009: an object mapping matches by at least one attribute, and by each once."""

import pytest

from reconciler.model.cells import UNMANAGED, Clear, Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.place import Place
from reconciler.policy.rules.epr009_matching import check
from tests.policy.rules.specs import build, sound

PLACE = Place("mappings/users.yaml", 7, 12, 7, 22)
UPN = Source(SourceKind.ATTRIBUTE, "userPrincipalName")


def mapping(match: object, source: str = "User", **attributes: Source | Clear) -> DesiredMapping:
    wanted = {target: DesiredAttribute(target, text) for target, text in attributes.items()}
    return DesiredMapping(source, "User", match=match, attributes=wanted)


def found(*mappings: DesiredMapping) -> list[Finding]:
    return list(check(build(apps={f"app-{n}": {f"mapping/{m.source}": m} for n, m in enumerate(mappings)})))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("match", [UNMANAGED, Value(("userName",), PLACE), Value(("userName", "mail"), PLACE)])
def test_a_mapping_that_matches_passes(match: object) -> None:
    assert not found(mapping(match, userName=UPN))


@pytest.mark.parametrize("match", [Clear(PLACE), Value((), PLACE)])
def test_users_must_match_by_something(match: object) -> None:
    (finding,) = found(mapping(match))
    assert (finding.rule, finding.address, finding.place) == ("EPR009", "app/app-0/mapping/User", PLACE)
    assert finding.severity is Severity.ERROR


def test_of_groups_it_is_a_warning() -> None:
    (finding,) = found(mapping(Clear(PLACE), source="Group"))
    assert finding.severity is Severity.WARNING


def test_an_attribute_twice() -> None:
    (finding,) = found(mapping(Value(("userName", "mail", "userName"), PLACE)))
    assert "names userName 2 times" in finding.message
    assert finding.place == PLACE


def test_an_attribute_that_the_mapping_removes() -> None:
    (finding,) = found(mapping(Value(("userName",), PLACE), userName=Clear()))
    assert "matches by userName, which it removes" in finding.message


def test_a_mapping_that_many_apps_use_is_found_once() -> None:
    shared = mapping(Clear(PLACE))
    (finding,) = found(shared, shared, mapping(Clear(PLACE), userName=UPN))
    assert "app/app-0, app/app-1, app/app-2" in finding.message


def test_mappings_without_places_are_told_apart() -> None:
    assert len(found(mapping(Clear()), mapping(Clear()))) == 2
