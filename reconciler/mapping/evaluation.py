"""Evaluates expressions as the service does: a tree is compiled once to nested functions, and run for each user.

Only what is needed is evaluated: a branch that is not taken cannot fail.
Source: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias, assert_never

from reconciler.mapping.failure import Failed
from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.functions.function import Function, Run, Way
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Expression, Node, Number, Text
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value, number_in, only, text_of

Watch: TypeAlias = Callable[[Node, "Value | Exception"], None]
"""Told of each part that was evaluated, with its value or what ended it; inner parts before outer ones."""

IGNORE_ATTRIBUTE, IGNORE_OBJECT = "IgnoreAttributeFlow", "IgnoreObjectFlow"
"""The words that say that this attribute, or this object, does not flow."""


def compiled(expression: Expression, watch: Watch | None = None) -> Run:
    """What evaluates an expression: `run(user, sources)` gives the value.

    It raises EvaluationFault where there is none, NoFlow where nothing is to flow, and nothing else.
    """
    return _compiled(expression.root, watch)


def _compiled(node: Node, watch: Watch | None) -> Run:
    run = _run_of(node, watch)
    return run if watch is None else _watched(node, run, watch)


def _run_of(node: Node, watch: Watch | None) -> Run:
    match node:
        case Attribute(name):
            return reader_of(name)
        case Text(value):
            return _constant(value)
        case Number(text):
            return _constant(_number(text))
        case Empty():
            return _constant(None)
        case Bare():
            return partial(_word, node)
        case Comparison():
            return _comparison(node, watch)
        case Call():
            return _call(node, watch)
    assert_never(node)


def _watched(node: Node, run: Run, watch: Watch) -> Run:
    def watched(user: User, sources: Sources) -> Value:
        try:
            value = run(user, sources)
        except (EvaluationFault, NoFlow) as ending:
            watch(node, ending)
            raise
        watch(node, value)
        return value

    return watched


def attribute_of(user: User, name: str) -> Value:
    """The value of a user's attribute, whose name counts in any case; null where the user has none."""
    try:
        return user[name]
    except KeyError:
        folded = name.casefold()
        return next((value for key, value in user.items() if key.casefold() == folded), None)


def reader_of(name: str) -> Run:
    """What reads one attribute of a user, as `attribute_of` does."""

    def read(user: User, _sources: Sources) -> Value:
        try:
            return user[name]
        except KeyError:
            return attribute_of(user, name)

    return read


def _constant(value: Value) -> Run:
    return lambda _user, _sources: value


def _number(text: str) -> Value:
    """A number as it is written, as the wire has it, but for the notation that is none outside of the language."""
    return int(text.removeprefix("&H").removeprefix("&h"), 16) if text[0] == "&" else text


def _word(node: Bare, _user: User, sources: Sources) -> Value:
    if node.word in {IGNORE_ATTRIBUTE, IGNORE_OBJECT}:
        raise NoFlow(whole=node.word == IGNORE_OBJECT)
    if not node.word.startswith("%"):
        return node.word
    value = sources.words.get(node.word)
    if value is None:
        raise EvaluationFault(f"nothing says what {node.word} stands for", node)
    return value


_EQUALITY = frozenset({"=", "<>"})
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def _comparison(node: Comparison, watch: Watch | None) -> Run:
    left, right = _compiled(node.left, watch), _compiled(node.right, watch)
    is_numeric = isinstance(node.left, Number) or isinstance(node.right, Number)
    sign, wants = node.operator, node.operator == "="
    is_plain = sign in _EQUALITY and not is_numeric

    def run(user: User, sources: Sources) -> Value:
        one, other = left(user, sources), right(user, sources)
        if is_plain and type(one) is str and type(other) is str:  # the usual case, decided in one look
            return one != "" and other != "" and (one == other) is wants
        try:
            return _compared(sign, one, other, is_numeric=is_numeric)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, (one, other)) from None

    return run


def _compared(sign: str, left: Value, right: Value, *, is_numeric: bool) -> bool:
    """Whether a comparison holds. With null or an empty text on a side none does, as the page says of `IIF`."""
    one, other = (only(side) if isinstance(side, tuple) else side for side in (left, right))
    if one is None or other is None or one == "" or other == "":
        return False
    if is_numeric or sign not in _EQUALITY or not (isinstance(one, str) and isinstance(other, str)):
        first, second = number_in(one), number_in(other)
        if first is not None and second is not None:
            return _ORDER[sign](first, second)
        if sign not in _EQUALITY and (first is None) != (second is None):
            raise Failed("a number is compared with what is none")
    return bool(_ORDER[sign](text_of(one), text_of(other)))  # type: ignore[arg-type] # texts are in order too


def _call(node: Call, watch: Watch | None) -> Run:
    function = FUNCTIONS.get(node.name)
    runs = tuple(_compiled(argument, watch) for argument in node.arguments)
    if function is None:
        return partial(_failing, node, f"the function {node.name} is not known here")
    given = len(runs)
    if given < function.least or (function.most is not None and given > function.most):
        return partial(_failing, node, f"{node.name} does not take {given} arguments")
    return _WAYS[function.way](node, function, runs)


def _failing(node: Call, message: str, _user: User, _sources: Sources) -> Value:
    raise EvaluationFault(message, node)


def _plain(node: Call, function: Function, runs: tuple[Run, ...]) -> Run:
    evaluate = function.evaluate
    if len(runs) == 1:
        return _alone(node, evaluate, runs[0])

    def run(user: User, sources: Sources) -> Value:
        values = [each(user, sources) for each in runs]
        try:
            return evaluate(*values)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, tuple(values)) from None

    return run


def _alone(node: Call, evaluate: Callable[..., Value], first: Run) -> Run:
    def run(user: User, sources: Sources) -> Value:
        value = first(user, sources)
        try:
            return evaluate(value)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, (value,)) from None

    return run


def _each(node: Call, function: Function, runs: tuple[Run, ...]) -> Run:
    evaluate, (first, *others) = function.evaluate, runs
    if not others:
        return _each_alone(node, evaluate, first)

    def run(user: User, sources: Sources) -> Value:
        source = first(user, sources)
        rest = [other(user, sources) for other in others]
        try:
            if type(source) is tuple:
                return tuple(evaluate(value, *rest) for value in source)  # type: ignore[misc] # texts give texts
            return evaluate(source, *rest)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, (source, *rest)) from None

    return run


def _each_alone(node: Call, evaluate: Callable[..., Value], first: Run) -> Run:
    def run(user: User, sources: Sources) -> Value:
        source = first(user, sources)
        try:
            if type(source) is tuple:
                return tuple(map(evaluate, source))  # type: ignore[arg-type] # texts give texts
            return evaluate(source)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, (source,)) from None

    return run


def _lazy(node: Call, function: Function, runs: tuple[Run, ...]) -> Run:
    evaluate = function.evaluate

    def run(user: User, sources: Sources) -> Value:
        try:
            return evaluate(runs, user, sources)
        except Failed as failure:
            raise EvaluationFault(str(failure), node) from None

    return run


def _sourced(node: Call, function: Function, runs: tuple[Run, ...]) -> Run:
    evaluate = function.evaluate

    def run(user: User, sources: Sources) -> Value:
        values = [each(user, sources) for each in runs]
        try:
            return evaluate(sources, *values)
        except Failed as failure:
            raise EvaluationFault(str(failure), node, tuple(values)) from None

    return run


_WAYS: Mapping[Way, Callable[[Call, Function, tuple[Run, ...]], Run]] = {
    Way.PLAIN: _plain,
    Way.EACH: _each,
    Way.LAZY: _lazy,
    Way.SOURCED: _sourced,
}
