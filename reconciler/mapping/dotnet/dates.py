"""Dates as .NET reads and writes them by a format, with the names of the invariant culture.

A moment with a zone is in UTC; one without keeps its clock and has none. Python counts microseconds where .NET counts
ticks of 100 ns: the seventh digit of a second is 0 here.
Source: https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from reconciler.mapping.failure import Failed

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

LAST_OF_TWO_DIGITS = 2029
"""Two digits mean the year that ends with them and is at most this one."""

_STANDARD: Mapping[str, str] = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
"""Formats of one letter, in the invariant culture."""

_KNOWN = (
    "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    "yyyy-MM-ddTHH:mmK",
    "yyyy-MM-dd HH:mmK",
    "yyyy-MM-ddK",
    "M/d/yyyy h:mm:ss tt",
    "M/d/yyyy h:mm tt",
    "M/d/yyyy H:mm:ss",
    "M/d/yyyy H:mm",
    "M/d/yyyy",
    "yyyy/M/d",
    "yyyy/M/d H:mm:ss",
    "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "d MMMM yyyy",
    "d MMM yyyy",
    "MMMM d, yyyy",
    "MMM d, yyyy",
    "yyyy-M-d",
)
"""The forms that are understood where no format is given."""

_LETTERS = frozenset("dfFghHKmMstyz")
_LONGEST_FRACTION = 7


def read(text: str, form: str | None = None) -> datetime:
    """The moment that a text says, by a format or, without one, in any of the usual forms. Raises Failed."""
    if form:
        return _Reader(text).read(form)
    for known in _KNOWN:
        try:
            return _Reader(text.strip()).read(known)
        except Failed:
            continue
    raise Failed("the text is no date in a form that is known")


def written(moment: datetime, form: str) -> str:
    """A moment by a format. Raises Failed where the format is none."""
    texts: list[str] = []
    for part in _parts(form):
        text = _part_written(moment, part)
        if part.letter == "F" and not text and texts and texts[-1] == ".":
            texts.pop()
        texts.append(text)
    return "".join(texts)


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken to be there already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(slots=True)
class _Part:
    """A piece of a format: a letter and how often it stands there, or with no letter a text that means itself."""

    letter: str
    count: int
    text: str = ""


_END = _Part("", 0)


def _parts(form: str) -> Iterator[_Part]:
    """The pieces of a format. Raises Failed."""
    form = _STANDARD.get(form, form)
    if not form or (len(form) == 1 and form.isascii() and form.isalpha()):
        raise Failed("the format of a date is none")
    at = 0
    while at < len(form):
        letter = form[at]
        if letter in "'\"":
            end = form.find(letter, at + 1)
            if end < 0:
                raise Failed("the format of a date opens a quote and never closes it")
            yield _Part("", 0, form[at + 1 : end])
            at = end + 1
        elif letter == "\\":
            if at + 1 >= len(form):
                raise Failed("the format of a date ends with a backslash")
            yield _Part("", 0, form[at + 1])
            at += 2
        elif letter == "%":
            at += 1
        elif letter in _LETTERS:
            end = at
            while end < len(form) and form[end] == letter:
                end += 1
            yield _Part(letter, end - at)
            at = end
        else:
            yield _Part("", 0, letter)
            at += 1


def _part_written(moment: datetime, part: _Part) -> str:
    if not part.letter:
        return part.text
    if part.letter in "fF":
        return _fraction(moment, part)
    return _WRITERS[part.letter](moment, part.count)


def _fraction(moment: datetime, part: _Part) -> str:
    if part.count > _LONGEST_FRACTION:
        raise Failed("a second has at most 7 digits")
    digits = f"{moment.microsecond:06}0"[: part.count]
    return digits if part.letter == "f" else digits.rstrip("0")


def _padded(number: int, count: int) -> str:
    return f"{number:0{min(count, 2)}}"


def _year(moment: datetime, count: int) -> str:
    return f"{moment.year % 100:0{count}}" if count <= 2 else f"{moment.year:0{count}}"


def _month(moment: datetime, count: int) -> str:
    name = MONTHS[moment.month - 1]
    return _padded(moment.month, count) if count <= 2 else name[:3] if count == 3 else name


def _day(moment: datetime, count: int) -> str:
    name = DAYS[moment.weekday()]
    return _padded(moment.day, count) if count <= 2 else name[:3] if count == 3 else name


def _half(moment: datetime, count: int) -> str:
    return ("AM" if moment.hour < 12 else "PM")[: min(count, 2)]


def _offset(_moment: datetime, count: int) -> str:
    """Moments are in UTC, or have no zone and are taken to be there."""
    return ("+0", "+00", "+00:00")[min(count, 3) - 1]


def _zone(moment: datetime, _count: int) -> str:
    return "" if moment.tzinfo is None else "Z"


_WRITERS: Mapping[str, Callable[[datetime, int], str]] = {
    "y": _year,
    "M": _month,
    "d": _day,
    "H": lambda moment, count: _padded(moment.hour, count),
    "h": lambda moment, count: _padded(moment.hour % 12 or 12, count),
    "m": lambda moment, count: _padded(moment.minute, count),
    "s": lambda moment, count: _padded(moment.second, count),
    "t": _half,
    "z": _offset,
    "K": _zone,
    "g": lambda _moment, _count: "A.D.",
}

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")


@dataclass(slots=True)
class _Reader:
    """Reads a text by a format, from left to right."""

    text: str
    at: int = 0
    found: dict[str, int] = field(default_factory=dict)
    offset: timedelta | None = None

    def read(self, form: str) -> datetime:
        """The moment. Raises Failed where the text is not as the format says."""
        parts = list(_parts(form))
        for part, following in zip_longest(parts, parts[1:], fillvalue=_END):
            if part.letter:
                _READERS[part.letter](self, part.count)
            elif part.text != "." or following.letter != "F" or self.text.startswith(".", self.at):
                self._literal(part.text)
        if self.at != len(self.text):
            raise Failed("the text goes on behind the date")
        return self._moment()

    def _moment(self) -> datetime:
        found = self.found
        hour = found.get("H", 0)
        if "h" in found:
            hour = found["h"] % 12 + (12 if found.get("t") else 0)
        try:
            moment = datetime(  # noqa: DTZ001 - a date without a zone has none
                found.get("y", 1),
                found.get("M", 1),
                found.get("d", 1),
                hour,
                found.get("m", 0),
                found.get("s", 0),
                found.get("f", 0),
            )
            if self.offset is None:
                return moment
            return (moment - self.offset).replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise Failed("there is no such date") from None

    def _literal(self, text: str) -> None:
        if not self.text.startswith(text, self.at):
            raise Failed(f"the text is not as the format says, which has `{text}` there")
        self.at += len(text)

    def _digits(self, key: str, least: int, most: int) -> None:
        end = self.at
        while end < len(self.text) and end - self.at < most and self.text[end] in "0123456789":
            end += 1
        if end - self.at < least:
            raise Failed("the text has no number where the format has one")
        number = int(self.text[self.at : end])
        if self.found.setdefault(key, number) != number:
            raise Failed("the text says two different things of one part of the date")
        self.at = end

    def number(self, key: str, count: int) -> None:
        """One or two digits; two where the format doubles its letter."""
        self._digits(key, min(count, 2), 2)

    def year(self, count: int) -> None:
        """Two digits mean a year near today, more mean themselves."""
        if count <= 2:
            self._digits("y", count, 2)
            century = LAST_OF_TWO_DIGITS // 100 * 100
            year = century + self.found["y"]
            self.found["y"] = year if year <= LAST_OF_TWO_DIGITS else year - 100
        else:
            self._digits("y", max(count, 3), max(count, 4))

    def month(self, count: int) -> None:
        """A number, or a name."""
        if count <= 2:
            self.number("M", count)
        else:
            self.found["M"] = self._name(MONTHS, 3 if count == 3 else None) + 1

    def day(self, count: int) -> None:
        """A number, or the name of a day of the week, which decides nothing."""
        if count <= 2:
            self.number("d", count)
        else:
            self._name(DAYS, 3 if count == 3 else None)

    def _name(self, names: tuple[str, ...], length: int | None) -> int:
        for place, name in enumerate(names):
            known = name[:length]
            if self.text[self.at : self.at + len(known)].casefold() == known.casefold():
                self.at += len(known)
                return place
        raise Failed("the text has no name of a month or a day where the format has one")

    def half(self, count: int) -> None:
        """AM or PM, or the first letter of it."""
        said = self.text[self.at : self.at + min(count, 2)].upper()
        if said not in {"AM", "PM", "A", "P"}:
            raise Failed("the text has no AM or PM where the format has one")
        self.found["t"] = int(said[0] == "P")
        self.at += len(said)

    def fraction(self, count: int, *, may_lack: bool) -> None:
        """Digits of a second: as many as the format says, or at most as many."""
        end = self.at
        while end < len(self.text) and end - self.at < count and self.text[end] in "0123456789":
            end += 1
        if end - self.at < (0 if may_lack else count):
            raise Failed("the text has no digits of a second where the format has them")
        self.found["f"] = int(self.text[self.at : end].ljust(6, "0")[:6])
        self.at = end

    def zone(self, _count: int) -> None:
        """`Z`, an offset, or nothing."""
        if self.text.startswith("Z", self.at):
            self.offset = timedelta()
            self.at += 1
        elif _OFFSET.match(self.text, self.at):
            self.distance(0)

    def distance(self, _count: int) -> None:
        """An offset from UTC."""
        found = _OFFSET.match(self.text, self.at)
        if found is None:
            raise Failed("the text has no offset from UTC where the format has one")
        self.at = found.end()
        size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        self.offset = -size if found[1] == "-" else size


_READERS: Mapping[str, Callable[[_Reader, int], None]] = {
    "y": _Reader.year,
    "M": _Reader.month,
    "d": _Reader.day,
    "H": lambda reader, count: reader.number("H", count),
    "h": lambda reader, count: reader.number("h", count),
    "m": lambda reader, count: reader.number("m", count),
    "s": lambda reader, count: reader.number("s", count),
    "t": _Reader.half,
    "f": lambda reader, count: reader.fraction(count, may_lack=False),
    "F": lambda reader, count: reader.fraction(count, may_lack=True),
    "z": _Reader.distance,
    "K": _Reader.zone,
    "g": lambda reader, _count: reader._literal("A.D."),  # noqa: SLF001 - its own
}
