"""EPR010: no attribute flows into PLACEHOLDER."""

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Known
from reconciler.model.finding import Severity
from reconciler.model.mappings import AttributeMapping, ObjectMapping, Source, SourceKind
from reconciler.model.states import LiveState, Thing
from tests.policy.rules.written import found, found_in

TWO_APPS = """\
mappings:
  users: {{source: User, target: User, attributes: {{{target}: {source}}}}}
apps:
  a: {{mappings: [users]}}
  b: {{mappings: [users]}}
"""


@pytest.mark.parametrize("target", ["PLACEHOLDER", "placeholder", '"urn:x:User:PLACEHOLDER"'])
def test_a_placeholder_that_two_apps_use_is_reported_once(target: str) -> None:
    (finding,) = found("EPR010", TWO_APPS.format(target=target, source="mail"))
    assert finding.severity is Severity.ERROR
    assert finding.address == f"app/a/mapping/User/{target.strip(chr(34))}"
    assert finding.place is not None
    assert finding.place.line == 2
    assert "app/a, app/b" in finding.message


@pytest.mark.parametrize(("target", "source"), [("PLACEHOLDER", "null"), ("placeholders", "mail")])
def test_a_removed_placeholder_and_other_names_are_fine(target: str, source: str) -> None:
    assert not found("EPR010", TWO_APPS.format(target=target, source=source))


def held(target: str) -> LiveState:
    mapping = ObjectMapping("User", "User", attributes={target: AttributeMapping(target, Source(SourceKind.ATTRIBUTE))})
    return LiveState({app("a"): Thing(app("a"), {"mapping/User": Known(mapping)})})


def test_a_live_placeholder_that_the_spec_leaves_there_is_a_warning() -> None:
    text = TWO_APPS.format(target="mail", source="mail")
    (finding,) = found_in("EPR010", text, held("PLACEHOLDER"))
    assert (finding.severity, finding.address) == (Severity.WARNING, "app/a/mapping/User/PLACEHOLDER")
    assert not found_in("EPR010", text, held("mail"))
    assert not found_in("EPR010", TWO_APPS.format(target="PLACEHOLDER", source="null"), held("PLACEHOLDER"))
