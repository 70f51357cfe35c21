"""How a text is written as a scalar: plain where every reader of YAML takes it for this text, else in quotes."""

from __future__ import annotations

import re

_OPENS = re.compile(r"[^\W\d]|[/=]")
"""What a plain text may begin with; a digit or a sign may begin a number, a date or a time to some reader."""

_TAKEN = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "="))
"""Texts that are something else to a reader of YAML 1.1 or 1.2, in whatever case."""

_ENDS_PLAIN = re.compile(r": |:$| #|\t")
_ENDS_IN_FLOW = re.compile(r"[,\[\]{}:?]")
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def is_plain(text: str, *, in_flow: bool) -> bool:
    """Whether a text can stand without quotes and means the same to readers of YAML 1.1 and 1.2."""
    if _ID.fullmatch(text):
        return True
    if not _OPENS.match(text) or text.lower() in _TAKEN or text != text.strip() or not text.isprintable():
        return False
    return not _ENDS_PLAIN.search(text) and not (in_flow and _ENDS_IN_FLOW.search(text))


def is_seen(text: str) -> bool:
    """Whether every character of a text can be seen, so that quotes suffice and nothing has to be escaped."""
    return text.isprintable()


def quoted_text(text: str) -> str:
    """A text whose characters can all be seen, in the quotes that need no escape."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def scalar_text(text: str, *, in_flow: bool = False) -> str:
    """A text as a scalar on one line, whatever characters it holds."""
    if is_plain(text, in_flow=in_flow):
        return text
    if is_seen(text):
        return quoted_text(text)
    return '"' + "".join(_ESCAPES.get(letter) or _escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
