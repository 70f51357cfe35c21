"""Who is in scope: the clauses of a scoping filter, as the service holds users against them.

Clauses of a group all hold, of several groups one does. Letters count as they are, and a value that is null or empty
makes every clause false but the one that asks for it.
Source: https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from msgspec import Struct

from reconciler.mapping.dotnet.patterns import pattern_of
from reconciler.mapping.evaluation import attribute_of
from reconciler.mapping.failure import Failed
from reconciler.mapping.values import Single, User, Value, is_empty, number_in, text_of, truth
from reconciler.model.mappings import Clause, ScopingFilter


class Takes(Enum):
    """What the attribute of a clause has to be."""

    TEXT = "String"
    NUMBER = "Integer"
    TRUTH = "Boolean"


class Operator(Struct, frozen=True):
    """An operator: the types it is for, whether it takes a value, and when it holds for a user's value and a clause's.

    Of several values of a clause one has to hold, of a negative operator all.
    """

    name: str
    takes: frozenset[Takes]
    holds: Callable[[Single, str], bool]
    is_unary: bool = False
    is_negative: bool = False


def in_scope(groups: ScopingFilter, user: User) -> bool:
    """Whether a user is in scope; without a group everybody is. Raises Failed where a clause cannot be judged."""
    return not groups or any(all(clause_holds(clause, user) for clause in group.clauses) for group in groups)


def clause_holds(clause: Clause, user: User) -> bool:
    """Whether one clause holds for a user. Of several values of an attribute each has to. Raises Failed."""
    operator = operator_of(clause.operator)
    if operator is None:
        raise Failed(f"the operator {clause.operator} is not known here")
    value = attribute_of(user, clause.attribute)
    if operator.name in _OF_NOTHING:
        return is_empty(value) is _OF_NOTHING[operator.name]
    if is_empty(value):
        return False
    values = value if isinstance(value, tuple) else (value,)
    wanted, combined = clause.values or ("",), all if operator.is_negative else any
    return all(combined(operator.holds(each, one) for one in wanted) for each in values if each is not None)


def operator_of(name: str) -> Operator | None:
    """The operator of a name, whether the portal or the service spells it; None where there is none."""
    return OPERATORS.get(_key(name))


def _key(name: str) -> str:
    return name.replace("_", " ").casefold()


def _text(value: Value) -> str:
    return text_of(value) or ""


def _number(value: Value, whose: str) -> int:
    number = number_in(value)
    if not isinstance(number, int):
        raise Failed(f"{whose} is no whole number")
    return number


def _greater(value: Single, wanted: str) -> bool:
    return _number(value, "the attribute's value") > _number(wanted, "the clause's value")


def _greater_or_equal(value: Single, wanted: str) -> bool:
    return _number(value, "the attribute's value") >= _number(wanted, "the clause's value")


def _shares_bits(value: Single, wanted: str) -> bool:
    return bool(_number(value, "the attribute's value") & _number(wanted, "the clause's value"))


_TEXTS = frozenset({Takes.TEXT})
_NUMBERS = frozenset({Takes.NUMBER})
_BOTH = _TEXTS | _NUMBERS
_TRUTHS = frozenset({Takes.TRUTH})
_OF_NOTHING = {"IS NULL": True, "IS NOT NULL": False}
"""The operators that ask whether there is a value, and the answer that they want."""

OPERATORS: Mapping[str, Operator] = {
    _key(operator.name): operator
    for operator in (
        Operator("EQUALS", _BOTH, lambda value, wanted: _text(value) == wanted),
        Operator("NOT EQUALS", _BOTH, lambda value, wanted: _text(value) != wanted, is_negative=True),
        Operator("REGEX MATCH", _BOTH, lambda value, wanted: pattern_of(wanted).matches(_text(value))),
        Operator(
            "NOT REGEX MATCH",
            _BOTH,
            lambda value, wanted: not pattern_of(wanted).matches(_text(value)),
            is_negative=True,
        ),
        Operator("Includes", _TEXTS, lambda value, wanted: wanted in _text(value)),
        Operator("ENDS_WITH", _TEXTS, lambda value, wanted: _text(value).endswith(wanted)),
        Operator("Greater_Than", _NUMBERS, _greater),
        Operator("Greater_Than_OR_EQUALS", _NUMBERS, _greater_or_equal),
        Operator("&", _NUMBERS, _shares_bits),
        Operator("!&", _NUMBERS, lambda value, wanted: not _shares_bits(value, wanted), is_negative=True),
        Operator("IS TRUE", _TRUTHS, lambda value, _wanted: truth(value), is_unary=True),
        Operator("IS FALSE", _TRUTHS, lambda value, _wanted: not truth(value), is_unary=True),
        Operator("IS NULL", frozenset(Takes), lambda _value, _wanted: False, is_unary=True),
        Operator("IS NOT NULL", frozenset(Takes), lambda _value, _wanted: True, is_unary=True),
    )
}
"""All operators, of the older and of the newer list, by their names with blanks in small letters."""
