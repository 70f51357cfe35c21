"""What the service holds is put where the spec says it, or where it could; what it has no place for is told."""

from __future__ import annotations

import pytest

from reconciler.model.address import Address, Kind, app
from reconciler.model.cells import Known
from reconciler.model.mappings import AttributeMapping, ObjectMapping, Source, SourceKind
from reconciler.model.plan import Cause, FieldChange
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState, Thing
from reconciler.spec.drafting import Draft, Wish, drafted
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.read import read_spec
from reconciler.spec.whereabouts import Spot, Whereabouts
from tests.spec.conftest import SCHEMA

ROOT = """\
version: 1
tenant: {name: contoso, id: 7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10, endpoint: emulator}
updates: {window: {start: "01:00"}}
mappings:
  people:
    source: User
    target: User
    prefix: "urn:contoso:"
    match: [mail]
    attributes:
      mail: mail
      flow: department
apps:
  crm:
    servicePrincipal: {displayName: CRM}
    mappings: [people]
  hr:
    servicePrincipal: {displayName: HR}
    mappings:
      - use: people
        match: [upn]
  erp: {servicePrincipal: {displayName: ERP}}
defaults:
  apps: {mappings: [people]}
"""
CRM, HR, ERP = app("crm"), app("hr"), app("erp")
FILE = SpecFile("reconciler.yaml", ROOT.encode())


@pytest.fixture(scope="module")
def spec() -> Spec:
    reading = read_spec(SpecFiles((FILE,), (), SCHEMA))
    assert reading.spec is not None, reading.findings
    return reading.spec


def change(key: str, before: object = None, spec: Spec | None = None, address: Address = CRM) -> FieldChange:
    place = spec.desired.place(address, key) if spec else None
    return FieldChange(key, before, None, Cause.DRIFT, place=place)  # type: ignore[arg-type]


def live(*targets: str, match: tuple[str, ...] = ("urn:contoso:mail",)) -> LiveState:
    source = Source(SourceKind.ATTRIBUTE, "jobTitle")
    attributes = {target: AttributeMapping(target, source) for target in targets}
    held = Known(ObjectMapping("User", "User", match=match, attributes=attributes))
    return LiveState({address: Thing(address, {"mapping/User": held}) for address in (CRM, HR, ERP)})


def draft(spec: Spec, *wishes: Wish, own: frozenset[str] = frozenset(), held: LiveState | None = None) -> Draft:
    return drafted(spec, held or LiveState({}), (FILE,), wishes, own)


def lines(made: Draft) -> list[str]:
    """The lines that came."""
    before = ROOT.splitlines()
    return [line for line in made.files[FILE.name].content.decode().splitlines() if line not in before]


def test_what_the_spec_does_not_name_has_no_place(spec: Spec) -> None:
    nobody = app("nobody")
    made = draft(spec, Wish(nobody), Wish(nobody, change("job.enabled", before=False)))
    assert made.problems == (
        "app/nobody: the spec does not name it: write it by hand",
        "app/nobody job.enabled: the spec does not name it: write it by hand",
    )
    where = Whereabouts(spec, (FILE,))
    assert where.said(CRM, change("job.enabled", before=False)) is None, "nothing is said of it"
    assert where.own(CRM, change("mapping/Group/mail")) is None, "no mapping of groups is declared"
    assert where.own(CRM, change("job.enabled")) == Spot(FILE.name, ("apps", "crm", "job", "enabled"))


def test_a_mapping_that_all_apps_have_by_default_is_no_app_s_own(spec: Spec) -> None:
    field = change("mapping/User/urn:contoso:title", "jobTitle")
    made = draft(spec, Wish(ERP, field), own=frozenset((field.key,)), held=live("urn:contoso:title"))
    assert made.problems == (f"app/erp {field.key}: the spec does not name it: write it by hand",)


def test_a_section_without_keys_is_a_thing_itself(spec: Spec) -> None:
    updater = Address(Kind.UPDATER, "profile")
    made = draft(spec, Wish(updater, change("window.start", "03:00", spec, updater)))
    assert lines(made) == ['updates: {window: {start: "03:00"}}']


def test_an_attribute_that_is_named_as_a_part_is_an_attribute(spec: Spec) -> None:
    key = "mapping/User/urn:contoso:flow"
    mapping = spec.desired.things[CRM].cells["mapping/User"].value  # type: ignore[union-attr]
    place = mapping.attributes["urn:contoso:flow"].place  # type: ignore[union-attr]
    field = FieldChange(key, "jobTitle", None, Cause.DRIFT, place=place)
    made = draft(spec, Wish(CRM, field), own=frozenset((key,)), held=live("urn:contoso:flow"))
    assert lines(made) == ["    mappings: [{use: people, attributes: {flow: jobTitle}}]"]


@pytest.mark.parametrize(("target", "name"), [("urn:contoso:title", "title"), ("urn:other:title", '"urn:other:title"')])
def test_a_target_is_shortened_by_the_prefix_of_the_mapping_that_is_used(spec: Spec, target: str, name: str) -> None:
    field = change(f"mapping/User/{target}", "jobTitle")
    made = draft(spec, Wish(HR, field), own=frozenset((field.key,)), held=live(target))
    assert lines(made) == [f"        attributes: {{{name}: jobTitle}}"]


def test_what_objects_are_matched_by_is_shortened_beside_use_too(spec: Spec) -> None:
    mapping = spec.desired.things[HR].cells["mapping/User"].value  # type: ignore[union-attr]
    field = FieldChange("mapping/User/match", "x", None, Cause.DRIFT, place=mapping.match.place)  # type: ignore[union-attr]
    made = draft(spec, Wish(HR, field), held=live(match=("urn:contoso:id",)))
    assert lines(made) == ["        match: [id]"]
