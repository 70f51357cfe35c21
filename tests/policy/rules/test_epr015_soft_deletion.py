"""EPR015: a mapping of users tells the application who is to be disabled."""

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Known, Reason, Unreadable
from reconciler.model.mappings import AttributeMapping, ObjectMapping, Source, SourceKind
from reconciler.model.states import LiveState, Thing
from tests.policy.rules.written import found, found_in

SPEC = """\
mappings:
  users: {{source: {object}, target: User, attributes: {{{attributes}}}}}
apps:
  a: {{mappings: [users]}}
  b: {{mappings: [users]}}
"""


@pytest.mark.parametrize("attributes", ['active: {constant: "True"}', "active: null", '"urn:x:User:Active": mail'])
def test_an_active_that_nothing_decides_is_reported_once(attributes: str) -> None:
    (finding,) = found("EPR015", SPEC.format(object="User", attributes=attributes))
    assert finding.address == "app/a/mapping/User"
    assert "active" in finding.hint


@pytest.mark.parametrize(
    "attributes",
    [
        "active: isSoftDeleted",
        'active: \'=Switch([ IsSoftDeleted ], , "False", "True", "True", "False")\'',
        "active: null, Disabled: IsSoftDeleted",
        "mail: mail",
    ],
)
def test_what_reads_it_anywhere_is_fine_and_so_is_a_spec_that_leaves_active_alone(attributes: str) -> None:
    assert not found("EPR015", SPEC.format(object="User", attributes=attributes))


def test_a_mapping_of_groups_has_nobody_to_disable() -> None:
    assert not found("EPR015", SPEC.format(object="Group", attributes="active: null"))


def held(source: str) -> LiveState:
    active = AttributeMapping("active", Source(SourceKind.ATTRIBUTE, source))
    mapping = ObjectMapping("User", "User", attributes={"active": active})
    return LiveState(
        {
            app("a"): Thing(app("a"), {"mapping/User": Known(mapping)}),
            app("b"): Thing(app("b"), {"mapping/User": Unreadable(Reason.FAILED)}),
        }
    )


def test_what_the_service_will_hold_counts() -> None:
    text = SPEC.format(object="User", attributes="mail: mail")
    assert not found_in("EPR015", text, held("IsSoftDeleted"))
    (finding,) = found_in("EPR015", text, held("accountEnabled"))
    assert finding.address == "app/a/mapping/User"
    assert not found_in("EPR015", SPEC.format(object="User", attributes="gone: IsSoftDeleted"), held("x"))
