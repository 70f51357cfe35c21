"""Mappings that are equal or nearly so get one name, and read back they say of every app what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.address import app
from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Value
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
)
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import DesiredState
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.importing.draft import Draft
from reconciler.spec.importing.mappings import desired_mapping
from reconciler.spec.importing.render import rendered
from reconciler.spec.importing.sharing import Known
from reconciler.spec.read import read_spec
from tests.conftest import ROOT

ID = "00000000-1111-4222-8333-444444444444"
SPEC = Spec(DesiredState({}), Tenant("t", ID, "graph"), Policy())
ECMA = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:"
SCHEMA = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
EVERYONE: ScopingFilter = ()
SALES: ScopingFilter = (ClauseGroup("sales", (Clause("department", "EQUALS", ("Sales",)),)),)


def live(*names: str, scope: ScopingFilter = EVERYONE, **others: str) -> ObjectMapping:
    """A mapping of attributes of the same names, and of others from constants."""
    attributes = {name: AttributeMapping(name, Source(SourceKind.ATTRIBUTE, name.rpartition(":")[2])) for name in names}
    constants = {name: AttributeMapping(name, Source(SourceKind.CONSTANT, text)) for name, text in others.items()}
    return ObjectMapping("User", "User", match=names[:1], filter=scope, attributes={**attributes, **constants})


@dataclass
class Tried:
    """What an import of these mappings, one for each app, writes."""

    mappings: tuple[ObjectMapping, ...]
    known: tuple[Known, ...] = ()
    draft: Draft = field(default_factory=Draft)

    def texts(self) -> dict[str, str]:
        for number, mapping in enumerate(self.mappings):
            desired, _ = desired_mapping(mapping)
            assert desired is not None
            address = app(f"a{number:02}")
            self.draft.held[address.within("mapping/User")] = mapping
            self.draft.add(
                address, {"servicePrincipal.id": Value(f"{number:08}{ID[8:]}"), "mapping/User": Value(desired)}
            )
        return dict(rendered(self.draft, SPEC, {}, self.known, whole=True).texts)

    def lines(self) -> dict[str, str]:
        """The files of mappings, and what each app says of them."""
        return {
            name.rpartition("/")[2].removesuffix(".yaml"): text.partition("mappings:")[2].strip()
            for name, text in self.texts().items()
            if "/" in name
        }


def test_equal_mappings_get_a_name_and_single_ones_stand_in_their_app() -> None:
    one, other = live("a", "b"), live("c", "d")
    said = Tried((one, one, other)).lines()
    assert said["a00"] == said["a01"] == "[users]"
    assert said["a02"].startswith("- source: User")
    assert sorted(said) == ["a00", "a01", "a02", "users"]


def test_a_mapping_that_is_nearly_one_that_others_share_uses_it_with_what_differs() -> None:
    shared = live(*"abcdef")
    lacks, has_more = live(*"abcde"), live(*"abcdef", g="x")
    differs = replace(live(*"abcde", f="x"), filter=SALES)
    said = Tried((shared, shared, lacks, has_more, differs)).lines()
    assert said["a02"] == "- {use: users, attributes: {f: null}}"
    assert said["a03"] == "- {use: users, attributes: {g: {constant: x}}}"
    assert said["a04"].startswith("- use: users\n        attributes: {f: {constant: x}}\n        filter:\n")


def test_what_single_mappings_have_in_common_stands_once() -> None:
    said = Tried(tuple(live(*"abcdef", code=text) for text in ("DE", "FR", "IT"))).lines()
    assert said["a00"] == "- {use: users, attributes: {code: {constant: DE}}}"
    assert "code" not in said["users"]
    assert "f: f" in said["users"]


def test_what_most_single_mappings_say_is_said_of_all_but_the_others() -> None:
    odd = (live(*"abcdef", scope=SALES), live(*"abcdefg"), live(*"abcdefh"), live(*"abcde", f="x"))
    said = Tried(odd).lines()
    assert "f: f" in said["users"]
    assert said["users"].endswith("filter: []")
    assert said["a03"] == "- {use: users, attributes: {f: {constant: x}}}"


def test_mappings_that_differ_much_share_no_name() -> None:
    said = Tried((live(*"abcdef"), live(*"abcxyz"), live("a"), live("a", scope=SALES))).lines()
    assert not any("use:" in text for text in said.values())


def test_what_the_service_holds_and_no_spec_can_say_is_never_said_to_be_none() -> None:
    hidden = AttributeMapping("f", Source(SourceKind.CONSTANT, "a\u202eb"))
    odd = live(*"abcde")
    odd = replace(odd, attributes={**odd.attributes, "f": hidden})
    said = Tried((live(*"abcdef"), live(*"abcdef"), odd)).lines()
    assert said["a02"].startswith("- source: User")


def test_a_name_that_does_not_go_with_the_prefix_of_the_shared_mapping_stands_in_its_app() -> None:
    names = [f"{ECMA}{name}" for name in "abcdef"]
    said = Tried((live(*names), live(*names), live(*names, plain="x"), live(*names, **{f"{ECMA}g": "x"}))).lines()
    assert said["a02"].startswith("- source: User")
    assert said["a03"] == "- {use: users, attributes: {g: {constant: x}}}"


def test_a_mapping_that_the_spec_names_already_is_used_and_keeps_what_it_leaves_unmanaged() -> None:
    theirs = Known("ours", DesiredMapping("User", "User", attributes=named("a", "b", "c", "d")), "", theirs=True)
    said = Tried((live(*"abcd"), live(*"abcd", scope=SALES), live(*"abcd", e="x"), live(*"wxyz")), (theirs,)).lines()
    assert sorted(said) == ["a00", "a01", "a02", "a03"]
    assert said["a00"] == "- {use: ours, match: [a]}"
    assert said["a01"].startswith("- use: ours\n        match: [a]\n        filter:\n")
    assert said["a02"] == "- {use: ours, match: [a], attributes: {e: {constant: x}}}"


def test_a_mapping_that_the_spec_names_already_may_say_what_goes_without_saying() -> None:
    attributes = {name: replace(each, apply=Apply.ALWAYS, default=Clear()) for name, each in named(*"ab").items()}
    theirs = Known("ours", DesiredMapping("User", "User", match=Value(("a",)), attributes=attributes), "", theirs=True)
    assert Tried((live("a", "b"),), (theirs,)).lines() == {"a00": "[ours]"}
    once = live("a", "b")
    once = replace(once, attributes={**once.attributes, "b": replace(once.attributes["b"], apply=Apply.ON_CREATE)})
    assert "use:" not in Tried((once,), (theirs,)).lines()["a00"]


def named(*names: str) -> dict[str, DesiredAttribute]:
    return {name: DesiredAttribute(name, Source(SourceKind.ATTRIBUTE, name)) for name in names}


SOURCES = st.one_of(
    st.builds(Source, st.just(SourceKind.ATTRIBUTE), st.sampled_from(["mail", "=mail", "city"])),
    st.builds(Source, st.just(SourceKind.CONSTANT), st.sampled_from(["", "x", "=x", "a\u202eb"])),
    st.builds(Source, st.just(SourceKind.EXPRESSION), st.sampled_from(["ToLower([mail])", "ToLower("])),
    st.just(Source(SourceKind.NOTHING)),
)
NAMES = st.sampled_from([*(f"{ECMA}{name}" for name in "abcdefgh"), *"ijkl", "PLACEHOLDER", "urn:other:m"])
ATTRIBUTES = st.builds(
    AttributeMapping,
    NAMES,
    SOURCES,
    st.sampled_from(list(Apply)),
    default=st.sampled_from([None, None, "", "01"]),
)
FLOWS = st.sampled_from([frozenset(Flow), frozenset({Flow.ADD}), frozenset[Flow]()])
FILTERS = st.sampled_from([EVERYONE, EVERYONE, SALES, (ClauseGroup("", ()),)])


@st.composite
def relatives(draw: st.DrawFn) -> tuple[ObjectMapping, ...]:
    """Mappings that began as one and that people changed since, a little."""
    begun = {each.target: each for each in draw(st.lists(ATTRIBUTES, min_size=3, max_size=10))}
    found: list[ObjectMapping] = []
    for _ in range(draw(st.integers(1, 6))):
        attributes = dict(begun)
        for each in draw(st.lists(ATTRIBUTES, max_size=2)):
            attributes[each.target] = each
        for name in draw(st.lists(st.sampled_from([*begun]), max_size=1)):
            attributes.pop(name, None)
        match = tuple(draw(st.lists(st.sampled_from([*begun]), max_size=1)))
        parts = {"flow": draw(FLOWS), "match": match, "filter": draw(FILTERS), "attributes": attributes}
        found.append(replace(ObjectMapping("User", "User"), **parts))
    return tuple(found)


@given(relatives(), st.booleans())
def test_read_back_every_app_has_the_mapping_that_was_found(mappings: tuple[ObjectMapping, ...], again: bool) -> None:
    tried = Tried(mappings)
    texts = tried.texts()
    files = tuple(SpecFile(name, text.encode()) for name, text in texts.items())
    reading = read_spec(SpecFiles(files, (), SCHEMA))
    assert [finding for finding in reading.findings if finding.severity.value == "error"] == []
    assert reading.spec is not None
    for number, held in enumerate(mappings):
        cell = reading.spec.desired.cell(app(f"a{number:02}"), "mapping/User")
        assert says_what_is_live(cell, held)
        assert without_none(cell, held) == without_none(
            tried.draft.things[app(f"a{number:02}")].cells["mapping/User"], held
        )
    if again:
        assert Tried(mappings).texts() == texts


def without_none(cell: DesiredCell[object], held: ObjectMapping) -> DesiredMapping:
    """A mapping but for the attributes that it says to be none, which must be so."""
    assert isinstance(cell, Value)
    assert isinstance(cell.value, DesiredMapping)
    none = {name for name, each in cell.value.attributes.items() if each.source == Clear()}
    assert none.isdisjoint(held.attributes)
    return replace(
        cell.value, attributes={name: each for name, each in cell.value.attributes.items() if name not in none}
    )


def says_what_is_live(cell: DesiredCell[object], held: ObjectMapping) -> bool:
    """Whether every attribute that is said is held so."""
    said = without_none(cell, held)
    return all(each.source == held.attributes[name].source for name, each in said.attributes.items()) and (
        said.filter in {UNMANAGED, Clear(), Value(held.filter)}
    )
