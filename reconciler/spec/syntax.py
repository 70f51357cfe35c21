"""What a scanner's error means in plain words."""

from __future__ import annotations

import re

from msgspec import Struct
from ruamel.yaml.error import MarkedYAMLError

from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.spec.rules import SYNTAX


class _Explanation(Struct, frozen=True):
    """Words for the errors whose problem matches; `at_context` where the fault stands at the beginning, not the end."""

    problem: re.Pattern[str]
    message: str
    hint: str
    at_context: bool = False


def _explain(problem: str, message: str, hint: str, *, at_context: bool = False) -> _Explanation:
    return _Explanation(re.compile(problem), message, hint, at_context)


_TABLE = (
    _explain(
        r"unexpected end of stream.*|found unexpected document indicator",
        "a quote that opens here is never closed",
        "close it with the same kind of quote, or double a quote that belongs to the text",
        at_context=True,
    ),
    _explain(
        "unknown escape character|expected escape sequence",
        "a backslash in double quotes begins an escape, and there is none like this",
        r"put the text in single quotes, where a backslash is a backslash, or write \\",
    ),
    _explain(
        "could not find expected ':'",
        "this line is neither a key with a value nor part of the line before",
        "put a colon and a space after the key, and indent what continues a text",
        at_context=True,
    ),
    _explain(
        "mapping values are not allowed",
        "a colon begins a value where none can stand",
        "put a blank after the colon of the line before, a text that holds ': ' in quotes, or mend the indentation",
    ),
    _explain(
        "unexpected ':'",
        "a colon inside brackets has no blank after it",
        "put a blank after the colon, or the text in quotes",
    ),
    _explain(
        "sequence entries are not allowed",
        "a '-' begins a list item where none can stand",
        "begin the list on a line of its own, below the key",
    ),
    _explain(
        r"did not find expected ',' or|expected ',' or",
        "a list or a table in brackets goes on without a comma, or is never closed",
        "put a comma before this, or close the bracket; a text with brackets or commas needs quotes there",
    ),
    _explain(
        "did not find expected '-' indicator|expected <block end>, but found '<block mapping start>'",
        "this line does not line up with the items of the list above it",
        "indent it like the lines that it belongs to, and begin each item with '- '",
    ),
    _explain(
        "did not find expected key|expected <block end>",
        "this does not line up with the keys above it, or text follows a closing quote or bracket",
        "indent it like the keys that it belongs to; put a text that begins with a quote or bracket in quotes",
    ),
    _explain(
        "tab character",
        "a tab stands where the indentation is counted",
        "indent with blanks; YAML allows no tabs there",
    ),
    _explain(
        "alphabetic or numeric character|while scanning an? (anchor|alias)",
        "a text that begins with '*' or '&' would be an alias or an anchor",
        "put it in quotes",
    ),
    _explain("tag|URI", "a text that begins with '!' would be a tag", "put it in quotes"),
    _explain("directive|version number|YAML document", "a line that begins with '%' would be a directive", "remove it"),
    _explain("document start", "something stands after the end of the document", "keep one document in a file"),
    _explain(
        "block scalar|indentation indicator|chomping|comment or a line break",
        "after '|' or '>' the text begins on the next line",
        "put a text that begins with '|' or '>' in quotes",
    ),
    _explain("node content|not find expected", "a value is missing here", "write a value, or a quoted text"),
)

_STARTS = {
    "\t": ("a tab stands where the indentation is counted", "indent with blanks; YAML allows no tabs there"),
    "@": ("a text cannot begin with '@'", "put it in quotes"),
    "`": ("a text cannot begin with a backtick", "put it in quotes"),
    "%": ("a text cannot begin with '%'", "put it in quotes"),
}
_PLAIN = ("the file is no YAML from here on", "check quotes, colons and indentation of this line and the one before")


def syntax_fault(file: str, text: str, error: MarkedYAMLError) -> Finding:
    """The one finding of a text that a scanner or parser gave up on."""
    problem = f"{error.problem or ''} {error.context or ''}"
    explained = next((row for row in _TABLE if row.problem.search(problem)), None)
    mark = error.problem_mark
    if explained and explained.at_context and error.context_mark is not None:
        mark = error.context_mark
    message, hint = (explained.message, explained.hint) if explained else _PLAIN
    if "cannot start any token" in problem:
        message, hint = _STARTS.get(_character(text, mark.line, mark.column), _PLAIN)
    place = Place(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
    return SYNTAX.finding(
        message, place=place, found=str(error.problem or "").strip().removeprefix("found "), hint=hint
    )


def _character(text: str, line: int, column: int) -> str:
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[line][column : column + 1] if line < len(lines) else ""
