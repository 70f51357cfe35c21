"""Keys from names: readable, unique, stable."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.spec.importing.keys import keys_for, slug

A, B = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("HR master data (SQL)", "hr-master-data-sql"),
        ("Zeiterfassung Köln", "zeiterfassung-koln"),
        ("Straße & Søn", "strasse-son"),
        ("Зарплата 2", "zarplata-2"),
        ("Μισθοδοσία", "misthodosia"),
        ("会計 ERP", "erp-0a1b2c3d"),
        ("給与 12", "app-0a1b2c3d"),
        ("الرواتب", "app-0a1b2c3d"),
        ("🚀", "app-0a1b2c3d"),
        ("con", "con-0a1b2c3d"),
        ("2024", "2024"),
        ("ﬁn", "fin"),
    ],
)
def test_a_key_says_the_name_where_ascii_can(name: str, key: str) -> None:
    assert keys_for({A: name}, "app") == {A: key}


def test_a_long_name_is_cut_between_words() -> None:
    assert slug(f"{'word ' * 9}longest") == ("word-word-word-word-word-word-word-word-word", True)
    assert slug("x" * 60) == ("x" * 48, True)


def test_names_that_come_to_one_key_are_told_apart_by_their_ids() -> None:
    other = "ffffffff-0000-4000-8000-000000000003"
    assert keys_for({A: "Payroll", other: "payroll!"}, "app") == {A: "payroll-0a1b2c3d", other: "payroll-ffffffff"}
    assert keys_for({A: "Payroll", B: "Payroll"}, "app") == {A: f"payroll-0a1b2c3d-{A}", B: f"payroll-0a1b2c3d-{B}"}
    assert keys_for({A: "Payroll"}, "app", ["payroll"]) == {A: "payroll-0a1b2c3d"}


NAMES = st.dictionaries(
    st.uuids().map(str), st.text(max_size=20) | st.sampled_from(["a", "A ", "ä", "会", ""]), max_size=8
)


@given(NAMES, st.lists(st.sampled_from(["a", "app", "b"]), max_size=2), st.randoms(use_true_random=False))
def test_keys_are_unique_well_formed_and_whatever_the_order(
    names: dict[str, str], taken: list[str], chance: Random
) -> None:
    keys = keys_for(names, "app", taken)
    assert len({*keys.values(), *taken}) == len(keys) + len(set(taken))
    assert all(re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", key) for key in keys.values())
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert keys_for({live_id: names[live_id] for live_id in shuffled}, "app", taken) == keys
