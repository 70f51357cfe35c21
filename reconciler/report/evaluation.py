"""An evaluation as a person reads it: the value, or what failed and where, and the tree of its parts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.mapping.trace import Ending, Gave, NotNeeded, Traced
from reconciler.mapping.values import Value, json_of
from reconciler.model.values import Json
from reconciler.report.terminal import escape, width

VERSION = 1


def value_text(value: Value) -> str:
    """A value with quotes around texts, so that null, the empty text and a number can be told apart."""
    return json.dumps(json_of(value), ensure_ascii=False)


def ending_text(ending: Ending | SyntaxFault) -> str:
    """How an evaluation ended, in a few words."""
    match ending:
        case Gave(value):
            return value_text(value)
        case NoFlow():
            return f"no flow: {ending}"
        case NotNeeded():
            return "not evaluated"
        case EvaluationFault() | SyntaxFault():
            return f"error: {ending.message}"


def evaluation_text(ending: Ending | SyntaxFault, trace: Traced | None) -> str:
    """A value, or that nothing flows, and the tree of its parts where it was asked for."""
    lines = [escape(ending_text(ending))] if trace is None else [*trace_lines(trace)]
    return "\n".join(lines) + "\n"


def fault_text(text: str, fault: EvaluationFault | SyntaxFault, trace: Traced | None) -> str:
    """A fault with its place and the tree of what was evaluated before."""
    lines = [*(trace_lines(trace) if trace else ()), *_fault_lines(text, fault)]
    return "\n".join(lines) + "\n"


def _fault_lines(text: str, fault: EvaluationFault | SyntaxFault) -> Iterator[str]:
    """A fault with its line of the expression, carets below its part, and what would mend it."""
    start, end = _span(fault)
    first = text.rfind("\n", 0, start) + 1
    line = text[first:].partition("\n")[0]
    before = escape(line[: start - first])
    marked = escape(line[start - first : end - first])
    yield f"error: column {fault.column}: {escape(fault.message)}"
    yield f"  {escape(line)}"
    yield f"  {' ' * width(before)}{'^' * max(width(marked), 1)}"
    if isinstance(fault, SyntaxFault):
        told = (("expected", fault.expected), ("hint", fault.hint))
        yield from (f"  {word:<9} {said}" for word, said in told if said)
    elif fault.values:
        yield f"  given     {escape(', '.join(map(value_text, fault.values)))}"


def _span(fault: EvaluationFault | SyntaxFault) -> tuple[int, int]:
    return (fault.at, fault.at + 1) if isinstance(fault, SyntaxFault) else (fault.node.start, fault.node.end)


def trace_lines(trace: Traced, indent: str = "") -> Iterator[str]:
    """The tree of the parts, each with its value."""
    yield f"{indent}{escape(trace.text)}  is  {escape(ending_text(trace.ending))}"
    for part in trace.parts:
        yield from trace_lines(part, f"{indent}  ")


def evaluation_json(ending: Gave | EvaluationFault | NoFlow | SyntaxFault, trace: Traced | None) -> str:
    """The document of `mapping eval --format json`."""
    document: dict[str, Json] = {"version": VERSION, "value": None, "flow": not isinstance(ending, NoFlow)}
    match ending:
        case Gave(value):
            document["value"] = json_of(value)
        case EvaluationFault() | SyntaxFault():
            document["error"] = {"message": ending.message, "column": ending.column}
    if trace is not None:
        document["trace"] = _trace_json(trace)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _trace_json(trace: Traced) -> Json:
    document: dict[str, Json] = {"text": trace.text, **_ending_json(trace.ending)}
    return {**document, "parts": [_trace_json(part) for part in trace.parts]}


def _ending_json(ending: Ending) -> dict[str, Json]:
    match ending:
        case Gave(value):
            return {"value": json_of(value)}
        case EvaluationFault():
            return {"error": ending.message}
        case NoFlow():
            return {"flow": False}
        case NotNeeded():
            return {"evaluated": False}
