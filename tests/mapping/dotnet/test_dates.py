"""A date is read and written by a format of .NET, and comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.mapping.dotnet.dates import read, written
from reconciler.mapping.failure import Failed

BARE = datetime(2009, 6, 5)  # noqa: DTZ001 - a moment without a zone has none
EARLIEST = datetime(1000, 1, 1)  # noqa: DTZ001 - hypothesis draws moments without a zone
MOMENT = datetime(2009, 6, 5, 13, 4, 7, 80_500, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("d", "06/05/2009"),
        ("D", "Friday, 05 June 2009"),
        ("s", "2009-06-05T13:04:07"),
        ("u", "2009-06-05 13:04:07Z"),
        ("R", "Fri, 05 Jun 2009 13:04:07 GMT"),
        ("O", "2009-06-05T13:04:07.0805000Z"),
        ("%d", "5"),
        ("y yy yyy yyyyy", "9 09 2009 02009"),
        ("M MM MMM MMMM", "6 06 Jun June"),
        ("d dd ddd dddd", "5 05 Fri Friday"),
        ("H HH h hh t tt", "13 13 1 01 P PM"),
        ("m mm s ss", "4 04 7 07"),
        ("f ff fff fffffff", "0 08 080 0805000"),
        ("s.FFFFFFF", "7.0805"),
        ("z zz zzz K", "+0 +00 +00:00 Z"),
        ("gg", "A.D."),
        ("'at' \"it\" \\d", "at it d"),
        ("yyyyMMddHHmmss.0Z", "20090605130407.0Z"),
    ],
)
def test_a_moment_is_written(form, text):
    assert written(MOMENT, form) == text


def test_a_fraction_that_is_none_takes_its_point_along():
    assert written(BARE, "s.FFF K") == "0 "


@pytest.mark.parametrize("form", ["", "x", "Q", "'open", "end\\", "ffffffff"])
def test_what_is_no_format_is_refused(form):
    with pytest.raises(Failed):
        written(MOMENT, form)


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("20150123105347.1Z", "yyyyMMddHHmmss.fZ", "2015-01-23T10:53:47.100000"),
        ("05/06/09", "dd/MM/yy", "2009-06-05T00:00:00"),
        ("05/06/30", "dd/MM/yy", "1930-06-05T00:00:00"),
        ("Jun 5 2009", "MMM d yyyy", "2009-06-05T00:00:00"),
        ("friday 5 JUNE 2009", "dddd d MMMM yyyy", "2009-06-05T00:00:00"),
        ("Fri 1 AM", "ddd h tt", "0001-01-01T01:00:00"),
        ("12 A", "h t", "0001-01-01T00:00:00"),
        ("2009-06-05T13:04:07+02:00", "yyyy-MM-ddTHH:mm:ssK", "2009-06-05T11:04:07+00:00"),
        ("2009-06-05 -7", "yyyy-MM-dd z", "2009-06-05T07:00:00+00:00"),
        ("2009-06-05T13:04:07.0805Z", None, "2009-06-05T13:04:07.080500+00:00"),
        ("2009-06-05T13:04:07", None, "2009-06-05T13:04:07"),
        ("2009-06-05", None, "2009-06-05T00:00:00"),
        ("6/5/2009 1:04:07 pm", None, "2009-06-05T13:04:07"),
        (" Fri, 05 Jun 2009 13:04:07 GMT ", None, "2009-06-05T13:04:07"),
        ("5 A.D. 2009", "d g yyyy", "2009-01-05T00:00:00"),
    ],
)
def test_a_text_is_read(text, form, moment):
    assert read(text, form).isoformat() == moment


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2009-13-01", "yyyy-MM-dd"),
        ("2009-02-30", "yyyy-MM-dd"),
        ("2009-6-1", "yyyy-MM-dd"),
        ("2009-06-01x", "yyyy-MM-dd"),
        ("2009/06/01", "yyyy-MM-dd"),
        ("x", "MMM"),
        ("x", "tt"),
        ("1 2", "d d"),
        ("1.", "s.f"),
        ("1", "zzz"),
        ("0001-01-01+05:00", "yyyy-MM-ddK"),
        ("no date", None),
    ],
)
def test_what_is_not_as_the_format_says_is_refused(text, form):
    with pytest.raises(Failed):
        read(text, form)


@given(
    st.datetimes(min_value=EARLIEST),
    st.sampled_from(["O", "yyyy-MM-dd HH:mm:ss.ffffff", "dd MMM yyyy h:mm:ss.ffffff tt"]),
)
def test_what_was_written_is_read_back(moment, form):
    aware = moment.replace(tzinfo=UTC) if form == "O" else moment
    assert read(written(aware, form), {"O": "yyyy-MM-ddTHH:mm:ss.fffffffK"}.get(form, form)) == aware


@given(st.text(max_size=30), st.text(st.sampled_from("yMdHhmsfFtzKg:/ '\\%-"), max_size=10))
def test_any_text_and_format_give_a_moment_or_are_refused(text, form):
    try:
        assert read(text, form)
    except Failed as failure:
        assert str(failure)  # noqa: PT017 - both ends are fine
