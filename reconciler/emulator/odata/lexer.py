"""Cut the text of a filter into tokens."""

import re
from enum import StrEnum

from msgspec import Struct

from reconciler.emulator.odata.fault import MAX_TEXT, QueryError


class Kind(StrEnum):
    """What a token is."""

    STRING = "string"
    GUID = "guid"
    MOMENT = "moment"
    NUMBER = "number"
    NAME = "name"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    END = "end"


class Token(Struct, frozen=True):
    """One token: its kind, its text as written, and where it begins (in characters)."""

    kind: Kind
    text: str
    position: int


# A GUID and a moment stand before a number and a name, because they may begin like either. Digits are bounded: a number
# of thousands of digits is an attack, not a query.
_PATTERN = re.compile(
    r"""(?P<blank>[ \t]+)
    |(?P<string>'(?:[^']|'')*')
    |(?P<guid>[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}(?![\w-]))
    |(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,7})?)?Z(?![\w-]))
    |(?P<number>-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?(?![\w.]))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]{0,127}(?:/[A-Za-z_][A-Za-z0-9_]{0,127})*)
    |(?P<open>\()|(?P<close>\))|(?P<comma>,)""",
    re.VERBOSE,
)

_KINDS = {
    "string": Kind.STRING,
    "guid": Kind.GUID,
    "moment": Kind.MOMENT,
    "number": Kind.NUMBER,
    "name": Kind.NAME,
    "open": Kind.OPEN,
    "close": Kind.CLOSE,
    "comma": Kind.COMMA,
}


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of `text`, closed by one of kind END.

    Raises QueryError at the first character that no token begins with.
    """
    if len(text) > MAX_TEXT:
        raise QueryError(f"Invalid filter clause: longer than {MAX_TEXT} characters.")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None or match.lastgroup is None:
            raise QueryError(f"Invalid filter clause: syntax error at position {position}.")
        if match.lastgroup != "blank":
            found.append(Token(_KINDS[match.lastgroup], match.group(), position))
        position = match.end()
    return (*found, Token(Kind.END, "", len(text)))
