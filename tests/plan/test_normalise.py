"""Two values of a field are the same whatever way they are written that means the same."""

from __future__ import annotations

import pytest

from reconciler.model.address import group
from reconciler.model.fields import Normaliser
from reconciler.model.mappings import ObjectMapping
from reconciler.model.secret import SecretSource
from reconciler.plan.normalise import comparable

HR, WEB = group("hr"), group("web")


@pytest.mark.parametrize(
    ("normaliser", "one", "other"),
    [
        (Normaliser.NAME, "Prov-1.Contoso.Local", "prov-1.contoso.local"),
        (Normaliser.CHOICE, "Assigned", "assigned"),
        (Normaliser.URL, "https://crm.contoso.local/scim", "https://crm.contoso.local/scim/"),
        (Normaliser.REFERENCE, HR, frozenset({HR})),
        (Normaliser.REFERENCE, None, frozenset()),
        (Normaliser.REFERENCES, None, frozenset()),
        (Normaliser.TEXTS, None, ()),
        (Normaliser.TIME, "01:00", "01:00:00.0000000"),
        (Normaliser.TIME, "1:00:00", "01:00"),
        (Normaliser.TIME, "2026-12-01T00:00:00Z", "2026-12-01T01:00:00+01:00"),
        (Normaliser.TIME, "2026-12-01T00:00:00", "2026-12-01T00:00:00.000Z"),
        (Normaliser.SECRET, SecretSource(3, env="A"), SecretSource(3, file="b")),
        (Normaliser.SECRET, SecretSource(3, env="A"), 3),
    ],
)
def test_the_same_in_other_words(normaliser: Normaliser, one: object, other: object) -> None:
    assert comparable(normaliser, one) == comparable(normaliser, other)


@pytest.mark.parametrize(
    ("normaliser", "one", "other"),
    [
        (Normaliser.TEXT, "HR", "hr"),
        (Normaliser.URL, "https://a.local/ecma2host_HR/scim", "https://a.local/ecma2host_hr/scim"),
        (Normaliser.NUMBER, 50, None),
        (Normaliser.SWITCH, False, None),
        (Normaliser.REFERENCE, HR, frozenset({HR, WEB})),
        (Normaliser.TEXTS, ("a", "b"), ("b", "a")),
        (Normaliser.TIME, "01:00", "13:00"),
        (Normaliser.TIME, "soon", "later"),
        (Normaliser.SECRET, SecretSource(3, env="A"), SecretSource(4, env="A")),
        (Normaliser.MAPPING, ObjectMapping("User", "User"), ObjectMapping("User", "Person")),
    ],
)
def test_what_differs_stays_different(normaliser: Normaliser, one: object, other: object) -> None:
    assert comparable(normaliser, one) != comparable(normaliser, other)


def test_every_way_to_compare_has_its_function() -> None:
    for normaliser in Normaliser:
        comparable(normaliser, "x")
