"""What a spec does not say of an app is put where the app says the rest, or refused with the reason."""

from __future__ import annotations

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Value
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.states import Thing
from reconciler.spec.files import SpecFile
from reconciler.spec.filling import Filling
from reconciler.spec.splice import NotInPlace

PREFIX = "urn:p:"
USER = """\
      - {source: Group, target: Group}
      - source: User
        target: User
        prefix: "urn:p:"
        match: [login]
"""


def file(listed: str, key: str = "crm") -> SpecFile:
    """A file with one app and its mappings."""
    return SpecFile("a.yaml", f"apps:\n  {key}:\n    mappings:\n{listed}".encode())


def filling(*targets: str, source: str = "User") -> Filling:
    """An app of whose mapping these attributes come to what the spec says."""
    attributes = {name: DesiredAttribute(name, Source(SourceKind.ATTRIBUTE, "mail")) for name in targets}
    mapping = DesiredMapping(source, source, attributes=attributes)
    return Filling(Thing(app("crm"), {f"mapping/{source}": Value(mapping)}), {}, {})


def test_attributes_come_to_the_mapping_of_their_object() -> None:
    filled = filling(f"{PREFIX}mail").into(file(USER)).content.decode()
    assert filled == f"apps:\n  crm:\n    mappings:\n{USER}        attributes:\n          mail: mail\n"


@pytest.mark.parametrize(
    ("listed", "targets", "words"),
    [
        (USER, ("other",), "does not go with the mapping's prefix"),
        ("      - {use: nobody}\n      - nobody\n      - 7\n", (f"{PREFIX}mail",), "is said elsewhere"),
    ],
)
def test_what_has_no_place_is_refused(listed: str, targets: tuple[str, ...], words: str) -> None:
    with pytest.raises(NotInPlace, match=words):
        filling(*targets).into(file(listed))


@pytest.mark.parametrize(
    "other", [file(USER, "other"), SpecFile("a.yaml", b"apps: []\n"), SpecFile("a.yaml", b"apps: {crm: }\n")]
)
def test_an_app_without_a_table_of_its_own_is_refused(other: SpecFile) -> None:
    with pytest.raises(NotInPlace, match="no table of its own"):
        filling("mail").into(other)
