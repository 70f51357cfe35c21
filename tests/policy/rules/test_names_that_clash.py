"""EPR244 to EPR247: names that find a live object belong to one thing each, compared without case."""

import pytest

from reconciler.model.address import Kind
from reconciler.policy.rules import epr244_group_names as group_names
from reconciler.policy.rules import epr245_machine_names as machine_names
from reconciler.policy.rules import epr246_resource_names as resource_names
from reconciler.policy.rules import epr247_principals as principals
from tests.policy.rules.specs import build, place_of, sound

CASES = [
    (group_names, Kind.GROUP, "displayName"),
    (machine_names, Kind.AGENT, "machineName"),
    (resource_names, Kind.APP, "resource.resourceName"),
    (principals, Kind.APP, "servicePrincipal.id"),
    (principals, Kind.APP, "servicePrincipal.appId"),
    (principals, Kind.APP, "servicePrincipal.displayName"),
]


@pytest.mark.parametrize(("rule", "kind", "key"), CASES)
def test_a_sound_spec_passes(rule: object, kind: Kind, key: str) -> None:
    assert not list(rule.check(sound()))


@pytest.mark.parametrize(("rule", "kind", "key"), CASES)
def test_one_name_twice_is_found_at_the_second_with_the_first_beside_it(rule: object, kind: Kind, key: str) -> None:
    spec = build(**{f"{kind.value}s": {"a": {key: "Name"}, "b": {key: "other"}, "c": {key: "nAME"}}})
    (finding,) = rule.check(spec)
    first, _, later = spec.desired.things
    assert (finding.rule, finding.address, finding.found) == (rule.RULE.id, str(later), "nAME")
    assert finding.place == place_of(later, key)
    assert [other.place for other in finding.related] == [place_of(first, key)]


@pytest.mark.parametrize(
    ("rule", "kind", "key", "id_key"),
    [(group_names, "groups", "displayName", "id"), (resource_names, "apps", "resource.resourceName", "resource.id")],
)
def test_an_id_tells_things_of_one_name_apart(rule: object, kind: str, key: str, id_key: str) -> None:
    things = {"a": {key: "Name", id_key: "1"}, "b": {key: "name", id_key: "2"}}
    assert not list(rule.check(build(**{kind: things})))


def test_a_machine_runs_one_agent_whatever_its_ids() -> None:
    agents = {"a": {"machineName": "host", "id": "1"}, "b": {"machineName": "HOST", "id": "2"}}
    assert list(machine_names.check(build(agents=agents)))
