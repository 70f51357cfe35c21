r"""Regular expressions as .NET reads them, run by the package `regex` with a limit of time.

A pattern is translated letter by letter: `{` that counts nothing is a letter, `\0A` is a NUL and an A, `\w` and `\s`
are .NET's, and what `regex` has and .NET has not is refused. What .NET has and this has not is refused as such.
Source: https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.mapping.failure import Failed

if TYPE_CHECKING:
    import regex

SECONDS = 1.0
"""How long one pattern may work on one text."""

_CLASSES: Mapping[str, str] = {
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{Mn}\p{Nd}\p{Pc}",
    "s": r"\f\n\r\t\v\x85\p{Z}",
}
_CONTROLS: Mapping[str, str] = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_AS_THEY_ARE = frozenset("bBAG")
_ENDS: Mapping[str, str] = {"Z": r"(?=\n?\Z)", "z": r"\Z"}

LARGEST = 100_000
"""How many letters a pattern may stand for once its counts are written out: memory grows with that."""

_COUNT = re.compile(r"\{\d+(?:,\d*)?\}")
_DIGITS = re.compile(r"\d+")
_OCTAL = re.compile(r"0[0-7]{0,2}")
_HEXADECIMAL = re.compile(r"x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}")
_CONTROL = re.compile(r"c([@-_a-z])")
_CATEGORY = re.compile(r"[pP]\{(\w+)\}")
_BACK = re.compile(r"([1-9]\d*)|k(?:<(\w+)>|'(\w+)')")
_NAMED = re.compile(r"\?(?:<([^\W\d]\w*)>|'([^\W\d]\w*)')")
_PLAIN_GROUP = re.compile(r"\?(?:[:=!>]|<[=!])")
_OPTIONS = re.compile(r"\?([ims]*)(?:-([ims]+))?([:)])")
_COMMENT = re.compile(r"\?#[^)]*\)")
_SUBSTITUTION = re.compile(r"\$(?:(\d+)|\{(\w+)\}|([$&`'+_]))")


class Pattern(Struct, frozen=True):
    """A pattern that compiled. `numbers` are the groups as .NET numbers them: those without a name first."""

    source: str
    compiled: regex.Pattern[str]
    numbers: tuple[int, ...]

    def matches(self, text: str) -> bool:
        """Whether it matches anywhere in a text. Raises Failed where that takes too long."""
        try:
            return self.compiled.search(text, timeout=SECONDS) is not None
        except TimeoutError:
            raise self._too_long() from None

    def replaced(self, text: str, replacement: str, group: str | None = None) -> str:
        """The text with each match, or of each match the group, replaced. Raises Failed."""
        if group is not None and group not in self.compiled.groupindex:
            raise Failed(f"the pattern has no group {group}")
        try:
            if group is None:
                return self.compiled.sub(lambda match: self._expanded(match, replacement), text, timeout=SECONDS)
            return self.compiled.sub(lambda match: _within(match, group, replacement), text, timeout=SECONDS)
        except TimeoutError:
            raise self._too_long() from None

    def group(self, text: str, group: str | None) -> str | None:
        """What the first match, or its group, has caught; None where nothing matches. Raises Failed."""
        if group is not None and group not in self.compiled.groupindex:
            raise Failed(f"the pattern has no group {group}")
        try:
            match = self.compiled.search(text, timeout=SECONDS)
        except TimeoutError:
            raise self._too_long() from None
        return match[group or 0] if match else None

    def _expanded(self, match: regex.Match[str], replacement: str) -> str:
        """A replacement with what stands behind its dollar signs, as .NET fills it in."""

        def filled(found: re.Match[str]) -> str:
            number, name, sign = found.groups()
            if number is not None:
                return self._caught(match, int(number), found[0])
            if name is not None:
                known = name in self.compiled.groupindex
                return (match[name] or "") if known else self._named_number(match, name, found[0])
            return _SIGNS[sign](match)

        return _SUBSTITUTION.sub(filled, replacement)

    def _named_number(self, match: regex.Match[str], name: str, written: str) -> str:
        return self._caught(match, int(name), written) if name.isdecimal() else written

    def _caught(self, match: regex.Match[str], number: int, written: str) -> str:
        if number == 0:
            return match[0]
        return (match[self.numbers[number - 1]] or "") if number <= len(self.numbers) else written

    def _too_long(self) -> Failed:
        return Failed(f"the pattern works on this text for longer than {SECONDS:g} s")


_SIGNS: Mapping[str, Callable[[regex.Match[str]], str]] = {
    "$": lambda _match: "$",
    "&": lambda match: match[0],
    "`": lambda match: match.string[: match.start()],
    "'": lambda match: match.string[match.end() :],
    "+": lambda match: (match[match.re.groups] or "") if match.re.groups else "",
    "_": lambda match: match.string,
}
"""What single signs behind a dollar stand for in a replacement."""


def _within(match: regex.Match[str], group: str, replacement: str) -> str:
    start, end = match.span(group)
    if start < 0:
        return match[0]
    return match.string[match.start() : start] + replacement + match.string[end : match.end()]


@lru_cache(maxsize=512)
def pattern_of(source: str) -> Pattern:
    """A pattern of .NET, ready to work. Raises Failed where it is none, or uses what is not supported here."""
    import regex  # noqa: PLC0415 - 16 ms that only a pattern pays

    translation = _Translation(source)
    translated = translation.run()
    try:
        compiled = regex.compile(translated, regex.VERSION1)
    except regex.error as error:
        raise Failed(f"the pattern is not valid: {str(error).partition(' at position')[0]}") from None
    return Pattern(source, compiled, translation.numbers())


@dataclass(slots=True)
class _Translation:
    """Reads a pattern from left to right. `groups` holds for each group whether it has a name."""

    source: str
    at: int = 0
    written: list[str | int] = field(default_factory=lambda: ["(?-f)"])
    groups: list[bool] = field(default_factory=list)
    sizes: list[int] = field(default_factory=lambda: [0])
    opened: list[int] = field(default_factory=list)
    may_count: bool = False

    def run(self) -> str:
        """The pattern as `regex` reads it."""
        while self.at < len(self.source):
            self._next()
        numbers = self.numbers()
        return "".join(part if isinstance(part, str) else self._back(part, numbers) for part in self.written)

    def numbers(self) -> tuple[int, ...]:
        """The number of each group in `regex`, in the order in which .NET numbers them."""
        named = [place for place, has_name in enumerate(self.groups, 1) if has_name]
        return (*(place for place, has_name in enumerate(self.groups, 1) if not has_name), *named)

    def _back(self, number: int, numbers: tuple[int, ...]) -> str:
        if number > len(numbers):
            raise Failed(f"the pattern is not valid: there is no group {number}")
        return rf"(?:\{numbers[number - 1]})"

    def _next(self) -> None:
        letter = self.source[self.at]
        match letter:
            case "\\":
                self._escape()
            case "[":
                self._class()
            case "(":
                self._group()
            case "*" | "+" | "?":
                self._count(letter)
            case "{":
                count = _COUNT.match(self.source, self.at)
                if count and self.may_count:
                    self._count(count[0])
                else:
                    self._put(r"\{", 1)
            case "|":
                self._put_sign("|", 1)
            case ")":
                self._close()
            case "^" | "$" | ".":
                self._put(letter, 1)
            case _:
                self._put(_literal(letter), 1)

    def _close(self) -> None:
        """End a group, whose size is that of all within it."""
        start = self.opened.pop() if self.opened else 0
        self.sizes[start:] = [sum(self.sizes[start:])]
        self.written.append(")")
        self.at += 1
        self.may_count = True

    def _put(self, text: str | int, length: int) -> None:
        """Write what stands for one letter."""
        self.written.append(text)
        self.sizes.append(1)
        self.at += length
        self.may_count = True

    def _count(self, count: str) -> None:
        if not self.may_count:
            raise Failed(f"the pattern is not valid: nothing stands before `{count}`")
        self.sizes[-1] *= max((int(number) for number in _DIGITS.findall(count)), default=1)
        if sum(self.sizes) > LARGEST:
            raise Failed(f"the pattern stands for more than {LARGEST:,} letters once its counts are written out")
        self._put_sign(count, len(count))
        if self.source.startswith("?", self.at):
            self._put_sign("?", 1)
        if self.source.startswith(("+", "*", "?"), self.at) or _COUNT.match(self.source, self.at):
            raise Failed("the pattern is not valid: a count follows a count")

    def _escape(self) -> None:
        start = self.at + 1
        if start >= len(self.source):
            raise Failed("the pattern is not valid: it ends with a backslash")
        letter = self.source[start]
        if back := _BACK.match(self.source, start):
            self._put(int(back[1]) if back[1] else f"(?P={back[2] or back[3]})", 1 + len(back[0]))
        elif letter in _ENDS or letter in _AS_THEY_ARE:
            self._put(_ENDS.get(letter, f"\\{letter}"), 2)
        elif letter.lower() in _CLASSES:
            self._put(f"[{'^' if letter.isupper() else ''}{_CLASSES[letter.lower()]}]", 2)
        else:
            text, length = self._letter(start)
            self._put(text, 1 + length)

    def _letter(self, start: int) -> tuple[str, int]:
        """A letter or a category that an escape stands for, and the length of what stands behind the backslash."""
        letter = self.source[start]
        if found := _OCTAL.match(self.source, start):
            return _literal(chr(int(found[0], 8))), len(found[0])
        if found := _HEXADECIMAL.match(self.source, start):
            return _literal(chr(int(found[0][1:], 16))), len(found[0])
        if found := _CONTROL.match(self.source, start):
            return _literal(chr(ord(found[1].upper()) - 64)), len(found[0])
        if found := _CATEGORY.match(self.source, start):
            name = found[1]
            return rf"\{letter}{{{'In' + name[2:] if name.startswith('Is') else name}}}", len(found[0])
        if letter in _CONTROLS:
            return _literal(_CONTROLS[letter]), 1
        if letter.isalnum() and letter.isascii():
            raise Failed(rf"the pattern is not valid: \{letter} means nothing")
        return _literal(letter), 1

    def _group(self) -> None:
        start = self.at + 1
        if not self.source.startswith("?", start):
            self.groups.append(False)
            self._open("(", 1)
        elif named := _NAMED.match(self.source, start):
            self.groups.append(True)
            self._open(f"(?P<{named[1] or named[2]}>", 1 + len(named[0]))
        elif comment := _COMMENT.match(self.source, start):
            self.at += 1 + len(comment[0])
        elif plain := _PLAIN_GROUP.match(self.source, start):
            self._open(f"({plain[0]}", 1 + len(plain[0]))
        elif options := _OPTIONS.match(self.source, start):
            begin = self._open if options[3] == ":" else self._put_sign
            begin(f"({options[0]}", 1 + len(options[0]))
        else:
            raise Failed(f"the pattern uses `({self.source[start : start + 3]}`, which is not supported here")

    def _open(self, text: str, length: int) -> None:
        """Begin a group, whose end finds from `opened` what is within it."""
        self._put_sign(text, length)
        self.opened.append(len(self.sizes))

    def _put_sign(self, text: str, length: int) -> None:
        """Write what stands for no letter, and can have no count behind it."""
        self.written.append(text)
        self.at += length
        self.may_count = False

    def _class(self) -> None:
        """A class of letters, and where .NET takes another one from it, that one too."""
        text, end = self._set(self.at + 1)
        self._put(text, end - self.at)

    def _set(self, at: int) -> tuple[str, int]:
        source, parts = self.source, ["["]
        if source.startswith("^", at):
            parts.append("^")
            at += 1
        first = at
        while at < len(source):
            if source[at] == "]" and at > first:
                return "".join((*parts, "]")), at + 1
            if source.startswith("-[", at) and at > first:
                taken, at = self._set(at + 2)
                if not source.startswith("]", at):
                    raise Failed("the pattern is not valid: a class that is taken away stands last")
                return f"[{''.join((*parts, ']'))}--{taken}]", at + 1
            text, at = self._member(at)
            parts.append(text)
        raise Failed("the pattern is not valid: a `[` is never closed")

    def _member(self, at: int) -> tuple[str, int]:
        """One letter, a range of letters or a category."""
        low, at, is_letter = self._single(at)
        if not is_letter or not self.source.startswith("-", at) or self.source.startswith(("-]", "-["), at):
            return low, at
        if at + 1 >= len(self.source):
            return low, at
        high, at, is_letter = self._single(at + 1)
        if not is_letter:
            raise Failed("the pattern is not valid: a range ends with a letter")
        return f"{low}-{high}", at

    def _single(self, at: int) -> tuple[str, int, bool]:
        letter = self.source[at]
        if letter != "\\":
            return _literal(letter), at + 1, True
        if at + 1 >= len(self.source):
            raise Failed("the pattern is not valid: it ends with a backslash")
        escaped = self.source[at + 1]
        if escaped.lower() in _CLASSES:
            inner = _CLASSES[escaped.lower()]
            return (f"[^{inner}]" if escaped.isupper() else inner), at + 2, False
        if escaped == "b":
            return r"\x08", at + 2, True
        text, length = self._letter(at + 1)
        return text, at + 1 + length, escaped not in "pP"


def _literal(letter: str) -> str:
    """A letter that means itself, in a class and outside of one."""
    return letter if letter.isalnum() else rf"\x{ord(letter):02x}" if ord(letter) < 256 else letter


_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}")


def may_run_away(source: str) -> bool:
    """Whether a group that ends with an unbounded count is itself counted without a bound, as in `(a+)+`.

    Such a pattern can take a time that doubles with each letter. Not every one does, and not only these do.
    """
    at, is_unbounded = 0, False
    while at < len(source):
        count = _UNBOUNDED.match(source, at)
        if source[at] == ")" and is_unbounded and _UNBOUNDED.match(source, at + 1):
            return True
        if count is not None:
            at, is_unbounded = count.end(), True
        else:
            is_unbounded = is_unbounded and source[at] == "?"
            at = _behind_letter(source, at)
    return False


def _behind_letter(source: str, at: int) -> int:
    """Where the next letter of a pattern begins: an escape is one, and a class."""
    if source[at] == "[":
        end = source.find("]", at + 2)
        return len(source) if end < 0 else end + 1
    return at + (2 if source[at] == "\\" else 1)
