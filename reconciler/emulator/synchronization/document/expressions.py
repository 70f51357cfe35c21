"""Check that the expressions of a document can be read: quotes, brackets and parentheses balance.

Page: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

import re
from collections.abc import Iterator

from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.reading import entities, text

_OPENED_BY = {")": "(", "]": "["}
_SIGN = re.compile(r'"(?:[^"\\]|\\.)*+"|["()\[\]]', re.DOTALL)
"""A whole quoted text, in which a backslash keeps its next letter from ending it, or one sign."""

_IN_NAME = re.compile(r"[\[\]]")
"""What counts in the name of an attribute, where quotes and parentheses are letters: `[emails[type eq "work"]]`."""


def check_expressions(document: Entity) -> None:
    """Raise DocumentFault at the first expression of a function that does not balance: one refuses the whole schema.

    The expressions of constants and attributes repeat their names and are not read.
    """
    for row in _rows(document):
        if not all(map(is_balanced, _expressions(row.get("source")))):
            raise DocumentFault(f"schema : The expression of '{text(row, 'targetAttributeName')}' cannot be parsed.")


def _rows(document: Entity) -> Iterator[Entity]:
    for rule in entities(document, "synchronizationRules"):
        for mapping in entities(rule, "objectMappings"):
            yield from entities(mapping, "attributeMappings")


def is_balanced(expression: str) -> bool:
    """Whether all that is opened in an expression is closed again, in order."""
    opened: list[str] = []
    position = 0
    while found := (_IN_NAME if opened[-1:] == ["["] else _SIGN).search(expression, position):
        sign, position = found[0], found.end()
        if sign in {"(", "["}:
            opened.append(sign)
        elif sign == '"' or (sign in _OPENED_BY and (not opened or opened.pop() != _OPENED_BY[sign])):
            return False
    return not opened


def _expressions(source: object) -> Iterator[str]:
    """The texts of a function and of the functions in its parameters."""
    if isinstance(source, dict) and source.get("type") == "Function":
        yield text(source, "expression")
        for parameter in entities(source, "parameters"):
            yield from _expressions(parameter.get("value"))
