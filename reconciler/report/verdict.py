"""What the guards say of a plan, how to accept what they refuse, and the plan's last line."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.address import Address
from reconciler.model.plan import Action, Budget, Fewest, GuardResult, Plan, Ruling
from reconciler.model.words import counted, duration, listed
from reconciler.report.terminal import Style, Terminal, escape, hang, wrap

_RULINGS = {Ruling.PASS: Style.GOOD, Ruling.ACKNOWLEDGED: Style.GOOD, Ruling.REFUSED: Style.ERROR}


def refused(plan: Plan) -> Sequence[tuple[Address, str]]:
    """The addresses whose acknowledgement is missing, with the digests of their changes, each once and sorted."""
    results = [guard for guard in plan.verdict.guards if guard.ruling is Ruling.REFUSED]
    return sorted({pair for guard in results for pair in guard.addresses})


def refusal_lines(plan: Plan, terminal: Terminal, command: str) -> Iterator[str]:
    """Each guard that refuses, with what it measured, and the two ways to accept; nothing where none refuses."""
    results = [guard for guard in plan.verdict.guards if guard.ruling is Ruling.REFUSED]
    for guard in results:
        yield from _guard_lines(guard, terminal)
    pairs = refused(plan)
    if not pairs:
        return
    yield from ("", "  Accept with")
    yield from hang("    ", accept_command(pairs, command), terminal.columns, indent=6)
    yield "  or, for exactly these changes, in the spec"
    yield from (f"    {line}" for line in acks_lines(pairs))


def accept_command(pairs: Iterable[tuple[Address, str]], command: str) -> str:
    """The command that applies a plan and acknowledges these addresses, whatever becomes of them."""
    return " ".join((command, *(f"--ack {shlex.quote(escape(str(address)))}" for address, _ in pairs)))


def acks_lines(pairs: Iterable[tuple[Address, str]]) -> Iterator[str]:
    """What stands in the spec to acknowledge exactly these changes, by their digests."""
    yield "acks:"
    for address, digest in pairs:
        yield f"  - address: {escape(str(address))}"
        yield f'    change: "{escape(digest)}"'


def acknowledged_lines(plan: Plan, terminal: Terminal) -> Iterator[str]:
    """What somebody accepted already."""
    for guard in plan.verdict.guards:
        if guard.ruling is Ruling.ACKNOWLEDGED:
            yield from hang("  acknowledged: ", escape(guard.message), terminal.columns, indent=4)


def _guard_lines(guard: GuardResult, terminal: Terminal) -> Iterator[str]:
    head = f"! {escape(guard.guard)}: "
    first, *rest = hang(head, escape(guard.message), terminal.columns, indent=4)
    yield f"{terminal.paint(head.rstrip(), Style.ASK)}{first[len(head.rstrip()) :]}"
    yield from rest
    measured = _measured(guard)
    if measured:
        yield from (f"    {line}" for line in wrap(escape(measured), terminal.columns - 4))


def guard_text(guard: GuardResult) -> str:
    """What a guard says and what it measured, in one sentence that may hold names from outside."""
    measured = _measured(guard)
    return f"{guard.guard}: {guard.message}{f' ({measured})' if measured else ''}"


def _measured(guard: GuardResult) -> str:
    limit = f"; the limit is {guard.limit}" if guard.limit else ""
    return f"measured {guard.measured}{limit}" if guard.measured or limit else ""


def last_line(plan: Plan, terminal: Terminal) -> str:
    """The line that every plan ends with: what it does, what it costs, and what the guards say. It is not wrapped."""
    number = Counter(change.action for change in plan.changes if not change.blocked)
    done = ", ".join(f"{number[action]} to {verb}" for action, verb in _VERBS)
    ruling = terminal.paint(plan.verdict.ruling.value, _RULINGS[plan.verdict.ruling])
    return f"Plan: {done}. {_cost(plan.budget)}. Guard: {ruling}{_fewest(plan.verdict.fewest)}."


_VERBS = ((Action.ADD, "add"), (Action.CHANGE, "change"), (Action.MOVE, "move"), (Action.REMOVE, "remove"))


def _cost(budget: Budget) -> str:
    about = "About " if budget.calls else ""
    calls = f"{about}{counted(budget.calls, 'API call')} ({budget.writes} of them writes)"
    return f"{calls}, about {duration(budget.seconds)} ({duration(budget.settling)} of it settling)"


def _fewest(fewest: Fewest | None) -> str:
    if fewest is None:
        return ""
    number = f"{fewest.fewest} of {fewest.start}"
    if fewest.interrupted:
        moving = "while it moves" if len(fewest.interrupted) == 1 else "while they move"
        return f" (fewest active agents at any step: {number}, for {escape(listed(fewest.interrupted))} {moving})"
    return f" (fewest active agents at any step: {escape(str(fewest.group))} {number})"
