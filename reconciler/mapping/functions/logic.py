"""Functions that decide: conditions, choices, and whether there is a value at all."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.mapping.failure import Failed
from reconciler.mapping.faults import NoFlow
from reconciler.mapping.functions.function import Example, Function, Kind, Run, Slot, Way
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value, is_empty, text_of, truth


def _iif(runs: Sequence[Run], user: User, sources: Sources) -> Value:
    condition, then, otherwise = runs
    return (then if truth(condition(user, sources)) else otherwise)(user, sources)


def _switch(runs: Sequence[Run], user: User, sources: Sources) -> Value:
    """The value behind the first key that the source equals, letter by letter; else the default."""
    source = text_of(runs[0](user, sources))
    for place in range(2, len(runs) - 1, 2):
        if text_of(runs[place](user, sources)) == source:
            return runs[place + 1](user, sources)
    return runs[1](user, sources)


def _coalesce(runs: Sequence[Run], user: User, sources: Sources) -> Value:
    for run in runs:
        value = run(user, sources)
        if value is not None:
            return value
    return None


def _ignore_flow(value: Value) -> Value:
    if is_empty(value):
        raise NoFlow
    return value


def _error(message: Value) -> Value:
    raise Failed(text_of(message) or "the expression says that this is an error")


def _is_string(value: Value) -> Value:
    return isinstance(value, str)


_SOURCE = Slot("source", "source", Kind.ANY)

FUNCTIONS = (
    Function(
        "IIF",
        (
            Slot("condition", "one", Kind.CONDITION),
            Slot("valueIfTrue", "four", Kind.ANY),
            Slot("valueIfFalse", "five", Kind.ANY),
        ),
        Kind.ANY,
        _iif,
        Way.LAZY,
        examples=(
            Example('IIF([country]="USA",[country],[department])', "USA", {"country": "USA", "department": "Sales"}),
            Example('IIF([country]="USA",[country],[department])', "Sales", {"country": None, "department": "Sales"}),
        ),
        note="No condition holds whose attribute has no value, `<>` neither. Only the branch taken is evaluated.",
    ),
    Function(
        "Switch",
        (
            _SOURCE,
            Slot("defaultValue", "defaultValue", Kind.ANY, optional=True),
            Slot("key", "switchValue", Kind.TEXT),
            Slot("value", "switchValue", Kind.ANY),
        ),
        Kind.ANY,
        _switch,
        Way.LAZY,
        repeats=2,
        examples=(
            Example(
                'Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane", '
                '"SA", "Australia/Adelaide")',
                "Australia/Brisbane",
                {"state": "QLD"},
            ),
        ),
        note="Keys are compared letter by letter. An empty default gives null. Only the chosen value is evaluated.",
    ),
    Function(
        "Coalesce",
        (_SOURCE,),
        Kind.ANY,
        _coalesce,
        Way.LAZY,
        repeats=1,
        examples=(
            Example(
                "Coalesce([mail],[userPrincipalName])",
                "John.Doe@contoso.com",
                {"mail": None, "userPrincipalName": "John.Doe@contoso.com"},
            ),
        ),
        note="An empty text is a value, and is returned.",
    ),
    Function("IsNull", (_SOURCE,), Kind.TRUTH, lambda value: value is None, note="An empty text is not null."),
    Function("IsNothing", (_SOURCE,), Kind.TRUTH, lambda value: value is None, note="As IsNull; only in the listing."),
    Function("IsNullOrEmpty", (_SOURCE,), Kind.TRUTH, is_empty),
    Function("IsPresent", (_SOURCE,), Kind.TRUTH, lambda value: not is_empty(value)),
    Function("IsString", (_SOURCE,), Kind.TRUTH, _is_string),
    Function(
        "Not",
        (Slot("source", "source", Kind.TRUTH),),
        Kind.TRUTH,
        lambda value: not truth(value),
        note="False for what is true, and true for everything else, null too.",
    ),
    Function("CBool", (Slot("expression", "source", Kind.CONDITION),), Kind.TRUTH, truth),
    Function(
        "IgnoreFlowIfNullOrEmpty",
        (_SOURCE,),
        Kind.ANY,
        _ignore_flow,
        note="With no value nothing flows, and the target keeps what it holds.",
    ),
    Function(
        "Error",
        (Slot("message", "message"),),
        Kind.ANY,
        _error,
        page="",
        note="Occurs in the service's own mappings and is on no page: ends the evaluation as a failure.",
    ),
)
