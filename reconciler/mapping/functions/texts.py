"""Functions that make a text of others. Of a list they change each value; of null they make nothing."""

from __future__ import annotations

import base64
import re

from reconciler.mapping.dotnet import casing, diacritics
from reconciler.mapping.dotnet.patterns import pattern_of
from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Example, Function, Kind, Slot, Way
from reconciler.mapping.values import Value, text_of, whole

TEXT_COMPARE, BINARY_COMPARE = "vbTextCompare", "vbBinaryCompare"
"""The words that say how InStr compares."""


def _append(source: Value, suffix: Value) -> Value:
    text, end = text_of(source), text_of(suffix)
    return None if text is None else text + (end or "")


def _prepend(prefix: Value, source: Value) -> Value:
    text = text_of(source)
    return None if text is None else (text_of(prefix) or "") + text


def _left(source: Value, length: Value) -> Value:
    text, most = text_of(source) or "", whole(length, "the number of letters")
    return text if most < 0 else text[:most]


def _mid(source: Value, start: Value, length: Value) -> Value:
    text, first, most = text_of(source), whole(start, "the start"), whole(length, "the length")
    if first < 1 or most < 0:
        raise Failed("letters are counted from 1, and no length is below 0")
    return None if text is None else text[first - 1 : first - 1 + most]


def _trim(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else text.strip()


def _strip_spaces(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else text.replace(" ", "")


def _lower(source: Value, culture: Value = None) -> Value:
    text = text_of(source)
    return None if text is None else casing.lower(text, "" if culture is None else text_of(culture) or "")


def _upper(source: Value, culture: Value = None) -> Value:
    text = text_of(source)
    return None if text is None else casing.upper(text, "" if culture is None else text_of(culture) or "")


def _proper(source: Value, separators: Value = None) -> Value:
    text = text_of(source)
    return None if text is None else casing.title(text, text_of(separators))


def _in_str(text: Value, wanted: Value, start: Value = None, compare: Value = None) -> Value:
    """Where a text stands in another, counted from 1; 0 where it does not."""
    within, sought = text_of(text) or "", text_of(wanted) or ""
    first = 1 if start is None else whole(start, "the start")
    if first < 1:
        raise Failed("letters are counted from 1")
    if compare not in {None, TEXT_COMPARE, BINARY_COMPARE}:
        raise Failed(f"texts are compared by {TEXT_COMPARE} or {BINARY_COMPARE}")
    if compare == TEXT_COMPARE:
        within, sought = casing.lower(within), casing.lower(sought)
    return within.find(sought, first - 1) + 1


def _word(text: Value, number: Value, delimiters: Value) -> Value:
    """One of the words between delimiters, each letter of which is one; empty where there are not as many."""
    place = whole(number, "the number of the word")
    parts = re.split(f"[{re.escape(text_of(delimiters) or ' ')}]", text_of(text) or "")
    words = [part for part in parts if part]
    return words[place - 1] if 1 <= place <= len(words) else ""


def _normalize_diacritics(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else diacritics.plain(text)


def _base64(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else base64.b64encode(text.encode("utf-16-le", "surrogatepass")).decode("ascii")


def _utf8_hex(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else text.encode("utf-8", "surrogatepass").hex().upper()


def _redact(value: Value) -> Value:
    """The value itself: only the service's logs show `[Redact]` in its place."""
    return value


def _replace(
    source: Value,
    old: Value = None,
    pattern: Value = None,
    group: Value = None,
    replacement: Value = None,
    other: Value = None,
    template: Value = None,
) -> Value:
    """What the slots that are given ask for, in the order in which the page lists the ways."""
    text, found, expression = text_of(source), text_of(old), text_of(pattern)
    if text is None or text == "":
        return source
    if found is not None and template is not None:
        return _exchanged(text_of(template) or "", found, text)
    if found is not None and replacement is not None:
        return _exchanged(text, found, text_of(replacement) or "")
    if expression is not None and other is not None:
        return _extracted(expression, text_of(group), text_of(other) or "")
    if expression is not None and replacement is not None:
        return pattern_of(expression).replaced(text, text_of(replacement) or "", text_of(group))
    raise Failed("Replace needs a text or a pattern to look for, and what stands in its place")


def _exchanged(text: str, old: str, new: str) -> str:
    if not old:
        raise Failed("the text to look for is empty")
    return text.replace(old, new)


def _extracted(expression: str, group: str | None, other: str) -> Value:
    return pattern_of(expression).group(other, group)


_SOURCE = Slot("source", "source")
_CULTURE = Slot("culture", "culture", optional=True)

FUNCTIONS = (
    Function(
        "Append",
        (_SOURCE, Slot("suffix", "suffix")),
        Kind.TEXT,
        _append,
        Way.EACH,
        examples=(
            Example(
                'Append([userPrincipalName], ".test")',
                "John.Doe@contoso.com.test",
                {"userPrincipalName": "John.Doe@contoso.com"},
            ),
            Example(
                "Append(Mid([givenName], 1, 3), Mid([surname], 1, 5))",
                "JohDoe",
                {"givenName": "John", "surname": "Doe"},
            ),
        ),
        note="Nothing is made of null.",
    ),
    Function(
        "Prepend",
        (Slot("prefix", "prefix"), _SOURCE),
        Kind.TEXT,
        _prepend,
        note="Only in the service's listing of functions. Nothing is made of null.",
    ),
    Function(
        "Left",
        (_SOURCE, Slot("length", "length", Kind.NUMBER)),
        Kind.TEXT,
        _left,
        Way.EACH,
        note="With a length below 0 the whole text; of null the empty text.",
    ),
    Function(
        "Mid",
        (_SOURCE, Slot("start", "start", Kind.NUMBER), Slot("length", "length", Kind.NUMBER)),
        Kind.TEXT,
        _mid,
        Way.EACH,
        examples=(Example("Mid([surname], 1, 5)", "Doe", {"surname": "Doe"}),),
        note="Counts from 1; a length that goes past the end is cut.",
    ),
    Function(
        "Trim",
        (_SOURCE,),
        Kind.TEXT,
        _trim,
        Way.EACH,
        page="",
        note="Occurs in the service's own mappings and is on no page: takes blanks off both ends.",
    ),
    Function(
        "StripSpaces",
        (_SOURCE,),
        Kind.TEXT,
        _strip_spaces,
        Way.EACH,
        examples=(Example("StripSpaces([displayName])", "ABC", {"displayName": "A B C"}),),
        note="Takes the space away, and no other blank.",
    ),
    Function("ToLower", (_SOURCE, _CULTURE), Kind.TEXT, _lower, Way.EACH, note="By no culture unless one is named."),
    Function(
        "ToUpper",
        (_SOURCE, _CULTURE),
        Kind.TEXT,
        _upper,
        Way.EACH,
        examples=(Example("ToUpper([mail])", "A@B.COM", {"mail": "a@b.com"}),),
        note="By no culture unless one is named.",
    ),
    Function(
        "PCase",
        (_SOURCE, Slot("wordSeparators", "wordSeparators", optional=True)),
        Kind.TEXT,
        _proper,
        Way.EACH,
        examples=(
            Example("PCase([firstName])", "Pablo Gonsalves (Second)", {"firstName": "PABLO GONSALVES (SECOND)"}),
            Example('PCase([lastName]," \'-")', "Pinto-De'Silva", {"lastName": "PINTO-DE'SILVA"}),
        ),
    ),
    Function(
        "InStr",
        (
            Slot("value1", "source"),
            Slot("value2", "find"),
            Slot("start", "start", Kind.NUMBER, optional=True),
            Slot("compareType", "compareType", optional=True),
        ),
        Kind.NUMBER,
        _in_str,
        examples=(Example('InStr("repEated","e",3,vbBinaryCompare)', 7),),
        note="Counts from 1; 0 where it does not occur. Letter by letter unless vbTextCompare is given.",
    ),
    Function(
        "Word",
        (_SOURCE, Slot("wordNumber", "number", Kind.NUMBER), Slot("delimiters", "delimiters")),
        Kind.TEXT,
        _word,
        examples=(
            Example('Word("The quick brown fox",3," ")', "brown"),
            Example('Word("This,string!has&many separators",3,",!&#")', "has"),
        ),
        note="Counts from 1. The empty text where there are not as many words, and of null.",
    ),
    Function(
        "Replace",
        (
            _SOURCE,
            Slot("oldValue", "Find", optional=True),
            Slot("regexPattern", "RegularExpression", optional=True),
            Slot("regexGroupName", "RegularExpressionGroupName", optional=True),
            Slot("replacementValue", "Replacement", optional=True),
            Slot("replacementAttributeName", "ReplacementPropertyName", Kind.ANY, optional=True),
            Slot("template", "Template", optional=True),
        ),
        Kind.TEXT,
        _replace,
        Way.EACH,
        examples=(
            Example(
                'Replace([BusinessTitle],"Product Developer", , , "Software Engineer", , )',
                "Software Engineer",
                {"BusinessTitle": "Product Developer"},
            ),
            Example(
                'Replace([UserID],"<username>", , , , , "<username>@contoso.com")',
                "jsmith@contoso.com",
                {"UserID": "jsmith"},
            ),
            Example(
                'Replace([mobile], , "[()\\\\s-]+", , "", , )',
                "+19998887777",
                {"mobile": "+1 (999) 888-7777"},
                reading="The page prints 19998887777, and another one keeps the `+`: the pattern does not name it.",
            ),
            Example(
                'Replace([AddressLineData], ,"(?<streetNumber>^\\\\d*)","streetNumber", "888", , )',
                "888 Tremont Street",
                {"AddressLineData": "545 Tremont Street"},
            ),
            Example('Replace([mailNickname], , "[a-zA-Z_]*", , "", , )', "72", {"mailNickname": "john_doe72"}),
            Example('Replace([mail], "@contoso.com", , ,"", ,)', "john.doe", {"mail": "john.doe@contoso.com"}),
        ),
        note="Of null and of the empty text nothing is made.",
    ),
    Function(
        "NormalizeDiacritics",
        (_SOURCE,),
        Kind.TEXT,
        _normalize_diacritics,
        Way.EACH,
        examples=(Example("NormalizeDiacritics([givenName])", "Zoe", {"givenName": "Zoë"}),),
        note="ä becomes a, and ß becomes ss.",
    ),
    Function(
        "ConvertToBase64",
        (_SOURCE,),
        Kind.TEXT,
        _base64,
        examples=(Example('ConvertToBase64("Hello world!")', "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),),
        note="Of the text in UTF-16LE.",
    ),
    Function("ConvertToUTF8Hex", (_SOURCE,), Kind.TEXT, _utf8_hex),
    Function(
        "CStr",
        (Slot("value", "source", Kind.ANY),),
        Kind.TEXT,
        text_of,
        Way.EACH,
        examples=(Example("CStr([dn])", "cn=Joe,dc=contoso,dc=com", {"dn": "cn=Joe,dc=contoso,dc=com"}),),
    ),
    Function(
        "Redact",
        (Slot("value", "source", Kind.ANY),),
        Kind.ANY,
        _redact,
        note="The value itself; the service's logs show `[Redact]` in its place.",
    ),
)
