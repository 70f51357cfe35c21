"""What the pass over a file's events refuses, worded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reconciler.model.finding import Finding
from reconciler.model.place import Place, Related
from reconciler.model.rule import Rule
from reconciler.spec import rules
from reconciler.spec.decode import UNSEEN
from reconciler.spec.events import Event, quoted
from reconciler.spec.scalars import AbsurdNumber, has_leading_zero, resolve
from reconciler.spec.tree import Scalar, Span, Table

DEEPEST = 64
MOST_EVENTS = 200_000
"""Keys, values and brackets that a file may have: several times those of any file of 1 MiB that people write."""

MOST_FAULTS = 50
"""Faults after which a file is not read further."""


_UNSEEN = re.compile(f"[\r\ud800-\udfff{UNSEEN}]")
"""What no text may hold once its escapes are read: as in a file, and halves of characters, which are no text."""


class Stop(Exception):
    """Raised where a file must not be read further; the finding that says why is noted before."""


def span_of(event: Event) -> Span:
    """Where an event stands in the text."""
    start, end = event.start_mark, event.end_mark
    return (start.line, start.column, end.line, end.column)


@dataclass(slots=True)
class Faults:
    """What is refused in one file, in the order in which it stands there. Each method may raise Stop."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def decorated(self, event: Event) -> None:
        """Refuse the anchor and the tag of a value."""
        if event.anchor is not None:
            hint = "write the value out; for what many apps share there are `mappings` and `defaults`"
            self._refuse(rules.ANCHOR, event, f"the anchor &{_short(event.anchor)} is refused", hint=hint)
        if event.tag is not None:
            hint = "remove it; a text that begins with '!' needs quotes"
            self._refuse(rules.TAG, event, f"the tag {_short(str(event.tag))} is refused", hint=hint)

    def alias(self, event: Event) -> Event:
        """Refuse an alias; give the text that stands in its place."""
        hint = "write the value out; a text that begins with '*' needs quotes"
        self._refuse(rules.ALIAS, event, f"the alias *{_short(str(event.anchor))} is refused", hint=hint)
        return quoted(f"*{event.anchor}", event)

    def key(self, table: Table, event: Event) -> None:
        """Refuse a key that stands in the table already, is empty, or is a merge key."""
        if event.value in table:
            first = Related(table.key_place(event.value), "it stands here first")
            message = f"the key `{_short(event.value)}` stands twice"
            self._refuse(rules.DUPLICATE_KEY, event, message, hint="keep one of the two", related=(first,))
        elif not event.value:
            self._refuse(rules.BAD_KEY, event, "a key is empty", hint="write a key before the colon")
        elif not event.style:
            hint = "write the keys out; what many apps share belongs in `defaults` or `mappings`"
            self._refuse(rules.MERGE_KEY, event, "the merge key << is refused", hint=hint)

    def unseen(self, event: Event) -> None:
        """Refuse a text whose escapes stand for characters that cannot be seen."""
        found = _UNSEEN.search(event.value)
        if found:
            character = f"U+{ord(found[0]):04X}"
            message = f"this text holds the character {character}, which cannot be seen"
            self._refuse(rules.CONTROL_CHARACTER, event, message, hint=f"take the escape of {character} out")

    def compound_key(self, event: Event) -> Event:
        """Refuse a key that is a table or a list; give the text that stands in its place."""
        hint = "put a text that begins with a bracket in quotes"
        self._refuse(rules.BAD_KEY, event, "a key is a table or a list", hint=hint)
        return quoted("?", event)

    def resolve(self, event: Event) -> Scalar:
        """The value of a plain scalar; refuse a number that readers do not agree on."""
        text = event.value
        try:
            value = resolve(text)
        except AbsurdNumber as absurd:
            hint = "put it in quotes where a text is meant"
            self._refuse(rules.ABSURD_NUMBER, event, f"{_short(text)} is {absurd}", hint=hint)
            return 0
        if isinstance(value, int) and has_leading_zero(text):
            hint = f"write {value}, or put it in quotes where a text is meant"
            self._refuse(rules.LEADING_ZERO, event, f"{text} is {value} here and an octal number elsewhere", hint=hint)
        return value

    def depth(self, event: Event) -> None:
        """Refuse a file that nests too deep."""
        expected = f"at most {DEEPEST} levels"
        self._refuse(rules.TOO_DEEP, event, "the file nests too deep", expected=expected, hint="check the brackets")
        raise Stop

    def too_many(self, event: Event) -> None:
        """Refuse a file that is full of tiny values."""
        hint = "split it: sections may stand in any number of files"
        self._refuse(rules.TOO_LARGE, event, f"{self.file} holds more than {MOST_EVENTS:,} values", hint=hint)
        raise Stop

    def document(self, event: Event, number: int) -> None:
        """Refuse directives and a second document."""
        if event.version or event.tags:
            self._refuse(rules.DIRECTIVE, event, "a directive is refused", hint="remove the lines that begin with '%'")
        if number > 1:
            hint = "put each document in a file of its own"
            self._refuse(rules.SECOND_DOCUMENT, event, "a second document begins here", hint=hint)
            raise Stop

    def _refuse(
        self,
        rule: Rule,
        event: Event,
        message: str,
        *,
        hint: str,
        expected: str = "",
        related: tuple[Related, ...] = (),
    ) -> None:
        line, column, end_line, end_column = span_of(event)
        place = Place(self.file, line + 1, column + 1, end_line + 1, end_column + 1)
        self.found.append(rule.finding(message, place=place, related=related, expected=expected, hint=hint))
        if len(self.found) >= MOST_FAULTS:
            text = f"{self.file} has more faults than the {MOST_FAULTS} that are listed"
            self.found.append(rules.TOO_MANY_FAULTS.finding(text, place=place, hint="mend these first"))
            raise Stop


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
