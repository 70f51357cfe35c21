"""Functions for dates, numbers of Active Directory among them."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from reconciler.mapping.dotnet import dates
from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Example, Function, Kind, Slot, Way
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import Value, text_of, whole

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS = 10
"""Ticks of 100 ns in a microsecond."""


def moment_in(value: Value) -> datetime | None:
    """The moment that a value is or says; None of null and of the empty text. Raises Failed."""
    if isinstance(value, datetime):
        return value
    text = text_of(value)
    return dates.in_utc(dates.read(text)) if text else None


def _c_date(value: Value) -> Value:
    return moment_in(value)


def _now(sources: Sources) -> Value:
    return sources.now().astimezone(UTC)


def _date_add(interval: Value, number: Value, value: Value) -> Value:
    moment, count = moment_in(value), whole(number, "the number of intervals")
    name = text_of(interval) or ""
    if moment is None:
        return None
    try:
        if name in _MONTHS:
            return _months_later(moment, count * _MONTHS[name])
        return moment + _length(name) * count
    except (OverflowError, ValueError):
        raise Failed("there is no such date") from None


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _length(interval: str) -> timedelta:
    length = _LENGTHS.get(interval)
    if length is None:
        raise Failed(f"an interval is one of {', '.join((*_MONTHS, *_LENGTHS))}")
    return length


_MONTHS: Mapping[str, int] = {"yyyy": 12, "q": 3, "m": 1}
_LENGTHS: Mapping[str, timedelta] = {
    "ww": timedelta(weeks=1),
    "w": timedelta(days=1),
    "y": timedelta(days=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


def _date_diff(interval: Value, first: Value, second: Value) -> Value:
    one, other = moment_in(first), moment_in(second)
    if one is None or other is None:
        return None
    name = text_of(interval) or ""
    calendar_difference = _BY_CALENDAR.get(name)
    if calendar_difference is not None:
        return calendar_difference(one, other)
    return int((other - one) / _length("ww" if name == "w" else name))


_BY_CALENDAR: Mapping[str, Callable[[datetime, datetime], int]] = {
    "yyyy": lambda one, other: other.year - one.year,
    "q": lambda one, other: (other.year - one.year) * 4 + (other.month - 1) // 3 - (one.month - 1) // 3,
    "m": lambda one, other: (other.year - one.year) * 12 + other.month - one.month,
    "ww": lambda one, other: (_sunday(other) - _sunday(one)).days // 7,
}
"""Intervals that are counted by their borders, as Visual Basic does."""


def _sunday(moment: datetime) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _date_from_num(value: Value) -> Value:
    if value is None or value == "":
        return None
    try:
        return _EPOCH + timedelta(microseconds=whole(value, "the date's number") // _TICKS)
    except OverflowError:
        raise Failed("there is no such date") from None


def _num_from_date(value: Value) -> Value:
    moment = moment_in(value)
    if moment is None:
        return None
    since = moment - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * _TICKS


def _format_date_time(source: Value, *slots: Value) -> Value:
    """With three slots behind the source the first is a style; the listing of functions knows only two."""
    style, given, wanted = slots if len(slots) == 3 else (None, *slots)
    if source is None or source == "":
        return source
    form = text_of(wanted)
    if not form:
        raise Failed("the format to write is empty")
    if not set((text_of(style) or "").replace(" ", "").split(",")) <= _STYLES:
        raise Failed(f"a style is one of {', '.join(sorted(_STYLES - {''}))}")
    moment = source if isinstance(source, datetime) else dates.read(text_of(source) or "", text_of(given))
    return dates.written(moment, form)


_STYLES = frozenset(
    {
        "",
        "None",
        "AllowLeadingWhite",
        "AllowTrailingWhite",
        "AllowInnerWhite",
        "AllowWhiteSpaces",
        "NoCurrentDateDefault",
        "AdjustToUniversal",
        "AssumeLocal",
        "AssumeUniversal",
        "RoundtripKind",
    }
)

_INTERVAL = Slot("interval", "interval")

FUNCTIONS = (
    Function(
        "CDate",
        (Slot("expression", "source"),),
        Kind.MOMENT,
        _c_date,
        examples=(
            Example("CDate([StatusHireDate])", "3/16/2020 7:00:00 AM", {"StatusHireDate": "2020-03-16-07:00"}),
            Example('CDate("2021-06-30+08:00")', "6/29/2021 4:00:00 PM"),
        ),
        note="In UTC. A date without a zone is taken to be there.",
    ),
    Function("Now", (), Kind.MOMENT, _now, Way.SOURCED, note="In UTC."),
    Function(
        "DateAdd",
        (_INTERVAL, Slot("value", "value", Kind.NUMBER), Slot("dateTime", "dateTime", Kind.MOMENT)),
        Kind.MOMENT,
        _date_add,
        examples=(
            Example(
                'DateAdd("d", 7, CDate([StatusHireDate]))',
                "3/23/2012 7:00:00 AM",
                {"StatusHireDate": "2012-03-16-07:00"},
            ),
        ),
    ),
    Function(
        "DateDiff",
        (_INTERVAL, Slot("date1", "date1", Kind.MOMENT), Slot("date2", "date2", Kind.MOMENT)),
        Kind.NUMBER,
        _date_diff,
        examples=(
            Example('DateDiff("h", CDate("2021-08-24"), CDate("2021-08-25"))', 24),
            Example('DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))', 13),
        ),
        note="Years, quarters, months and weeks are counted by their borders, the rest as whole intervals.",
    ),
    Function("DateFromNum", (Slot("value", "source", Kind.NUMBER),), Kind.MOMENT, _date_from_num),
    Function("NumFromDate", (Slot("value", "source", Kind.MOMENT),), Kind.NUMBER, _num_from_date),
    Function(
        "FormatDateTime",
        (
            Slot("source", "source"),
            Slot("dateTimeStyles", "dateTimeStyle", optional=True),
            Slot("inputFormat", "inputFormat", optional=True),
            Slot("outputFormat", "outputFormat"),
        ),
        Kind.TEXT,
        _format_date_time,
        examples=(
            Example(
                'FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
                "2015-01-23",
                {"extensionAttribute1": "20150123105347.1Z"},
            ),
        ),
        note="With the names of no culture. An input format that is empty takes the usual forms.",
        fewest=3,
    ),
)
