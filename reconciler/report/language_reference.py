"""The reference page of the expression language, made from the table of functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.mapping.functions.function import Example, Function
from reconciler.mapping.scope import Operator
from reconciler.mapping.values import Value, moment_text
from reconciler.report.evaluation import value_text

_RULES = """\
# Expressions

What stands behind `=` in a mapping, as this program reads and evaluates it. `reconciler mapping eval` tries it.

## The language

- `[name]` is what the user holds under this name; the case of its letters does not count. Letters everywhere else do.
- `"text"` has `\\"` and `\\\\` for a quote and a backslash; before any other letter a backslash is one, so that
  patterns can be written either way. Numbers stand with or without quotes, `&HF7` is one in hexadecimal.
- `Function(argument, …)`: a slot that is not needed stays empty between two commas. An empty slot is neither null nor
  the empty text. Blanks and line breaks stand anywhere between words.
- `=`, `<>`, `<`, `<=`, `>` and `>=` compare in a condition: the first slot of `IIF`, or `CBool`. There is no AND and
  no OR: nest one `IIF` in another. Two numbers are compared as numbers, all else letter by letter. **No comparison
  holds where a side is null or empty**, `<>` neither.
- `%DomainFQDN%` and the like stand for what the service knows. `IgnoreAttributeFlow` lets the attribute, and
  `IgnoreObjectFlow` the whole user, as it is.
- An expression has at most 10,000 letters, and calls stand within each other at most 200 deep.

Null is the absence of a value, and the empty text is a value. Only what is needed is evaluated: a branch of `IIF`,
`Switch` or `Coalesce` that is not taken cannot fail. Functions for texts change each value of a list.

## Where the pages are silent, or contradict each other

- A comparison of a number without quotes is one of numbers: `[level]>=10`. With quotes `=` compares texts.
- `Join` leaves out what is null or empty, as in the page's example, and gives the empty text where nothing is left.
- `Append`, `Prepend` and the functions that change letters make nothing of null.
- `Item` is null behind the last item. `Word` does not count the emptiness between two delimiters as a word.
- `SelectUniqueValue` does not tell values apart by the case of their letters, as a directory does not.
- `SingleAppRoleAssignment` fails for a user with several roles: which of them the service takes is not predictable.
- `Split` takes blanks off its parts, as in the page's example.

## Patterns

Regular expressions are .NET's, translated for the package `regex`, with one second for each text.

- As .NET has it: `\\0A` is a NUL and an A; `{` that counts nothing is a letter; `\\w`, `\\d` and `\\s` take letters,
  digits and blanks of every script; `[a-z-[aeiou]]` takes letters away; `\\Z` stands before a last line break too;
  groups without a name are numbered before those with one; `(?i)` does not make `ß` equal to `ss`.
- Not supported, and refused: the options `n` and `x`, balancing groups such as `(?<a-b>…)`, conditions such as
  `(?(a)…|…)`, groups named by a number.

## Dates

- Formats are those of .NET, with the English names of its invariant culture. Two digits of a year mean one up to 2029.
- A date without a zone is taken to be in UTC, and every result is in UTC.
- Fractions of a second have six digits here and seven at .NET: the last one is 0.
- Without a format the forms of ISO 8601, `M/d/yyyy h:mm:ss tt` and dates with English names of months are understood.

## Functions

"""


def language_page(functions: Iterable[Function], operators: Iterable[Operator]) -> str:
    """A markdown page of all functions with their slots and examples, and of the operators of scoping filters."""
    lines = [_RULES.rstrip("\n"), ""]
    for function in sorted(functions, key=lambda each: each.name):
        lines += [*_function(function), ""]
    lines += [*_operators(operators), ""]
    return "\n".join(lines)


def _function(function: Function) -> Iterator[str]:
    slots = [f"{slot.name}?" if slot.optional else slot.name for slot in function.slots]
    more = ", …" if function.repeats else ""
    yield f"### {function.name}"
    yield ""
    gives = _with_article(function.gives.value)
    yield f"`{function.name}({', '.join(slots)}{more})` gives {gives}. {function.note}".rstrip()
    if function.page:
        yield f"[Page]({function.page})."
    if function.examples:
        yield ""
        yield from (_example(example) for example in function.examples)


def _with_article(kind: str) -> str:
    return kind if kind.startswith("any") else f"a {kind}"


def _example(example: Example) -> str:
    given = ", ".join(f"{name} {value_text(value)}" for name, value in example.user.items())
    reading = f" {example.reading}" if example.reading else ""
    return f"- `{example.expression}`{f' with {given}' if given else ''} is `{_result(example.result)}`.{reading}"


def _result(value: Value) -> str:
    return moment_text(value) if isinstance(value, datetime) else value_text(value)


def _operators(operators: Iterable[Operator]) -> Iterator[str]:
    yield "## Operators of scoping filters"
    yield ""
    yield "Clauses of a group all hold, and one group is enough. Letters count as they are. A null or empty value makes"
    yield "every clause false but `IS NULL`. Names are understood with blanks or with `_`, in any case."
    yield ""
    yield "| Operator | Of | Value |"
    yield "|---|---|---|"
    for operator in operators:
        takes = ", ".join(sorted(kind.value for kind in operator.takes))
        yield f"| `{operator.name}` | {takes} | {'no' if operator.is_unary else 'yes'} |"
