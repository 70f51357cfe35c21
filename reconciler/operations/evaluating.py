"""Evaluates expressions that are given by hand, one at a time or line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from reconciler.errors import UsageError
from reconciler.mapping.evaluation import compiled
from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.functions.function import Run
from reconciler.mapping.language.parser import parse
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.mapping.people import user_of
from reconciler.mapping.sources import Sources
from reconciler.mapping.trace import Gave, Traced, evaluate, traced
from reconciler.mapping.values import User, json_of
from reconciler.model.values import Json


class Evaluation(Struct, frozen=True):
    """What came of one expression: a value, a fault or no flow; and the parts where they were asked for."""

    text: str
    ending: Gave | EvaluationFault | NoFlow | SyntaxFault
    trace: Traced | None = None

    @property
    def fault(self) -> EvaluationFault | SyntaxFault | None:
        """Why there is neither a value nor a word that nothing flows."""
        return self.ending if isinstance(self.ending, EvaluationFault | SyntaxFault) else None


def evaluate_text(text: str, user: User, now: datetime, below: Callable[[int], int], *, with_trace: bool) -> Evaluation:
    """Evaluate one expression for one user."""
    try:
        expression = parse(text)
    except SyntaxFault as fault:
        return Evaluation(text, fault)
    sources = Sources(lambda: now, below)
    ending = evaluate(expression, user, sources)
    return Evaluation(text, ending, traced(expression, user, sources) if with_trace else None)


def user_in(content: bytes) -> User:
    """The user that a JSON document holds. Raises UsageError."""
    try:
        user = user_of(json.loads(content))
    except (ValueError, RecursionError):
        user = None
    if user is None:
        raise UsageError("the user is no JSON object of values", hint='as in {"givenName": "Ada", "mail": null}')
    return user


def evaluate_lines(lines: Iterable[bytes], below: Callable[[int], int], now: Callable[[], datetime]) -> Iterator[str]:
    """One JSON object for each line that holds one, in order; see `evaluated_line`."""
    for line in lines:
        if line.strip():
            yield json.dumps(evaluated_line(line, below, now))


def evaluated_line(line: bytes, below: Callable[[int], int], now: Callable[[], datetime]) -> Mapping[str, Json]:
    """What comes of `{"expression", "user", "now"?, "taken"?}`: `{"value"}`, with `"flow": false` where nothing flows.

    What is none, or fails, gives `{"value": {"error"}, "column"}`; the column is 0 where the line itself is at fault.
    """
    try:
        text, user, sources = _asked(line, below, now)
    except UsageError as error:
        return {"value": {"error": error.message}, "column": 0}
    try:
        return {"value": json_of(_run_of(text)(user, sources))}
    except NoFlow:
        return {"value": None, "flow": False}
    except (EvaluationFault, SyntaxFault) as fault:
        return {"value": {"error": fault.message}, "column": fault.column}


@lru_cache(maxsize=1024)
def _run_of(text: str) -> Run:
    return compiled(parse(text))


def moment_of(text: str) -> datetime:
    """The moment that a person gives in ISO 8601; without a zone it is in UTC. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no moment", hint="write it as 2026-11-24T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _asked(line: bytes, below: Callable[[int], int], now: Callable[[], datetime]) -> tuple[str, User, Sources]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError("the line is no JSON") from None
    match asked:
        case {"expression": str(text)}:
            user = user_of(asked.get("user", {}))
            moment = asked.get("now")
            taken = asked.get("taken", [])
        case _:
            raise UsageError('the line is no object with an "expression"')
    if user is None:
        raise UsageError('"user" is no object of values and lists of values')
    if not isinstance(taken, list) or not all(isinstance(value, str) for value in taken):
        raise UsageError('"taken" is no list of texts')
    if moment is not None and not isinstance(moment, str):
        raise UsageError('"now" is no text')
    fixed = moment_of(moment) if moment else None
    at = now if fixed is None else lambda: fixed
    return text, user, Sources(at, below, frozenset(value.casefold() for value in taken))
