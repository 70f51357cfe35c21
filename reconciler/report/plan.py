"""A plan as text: what changes and why, what nobody can tell, what a guard refuses, and the line that counts it all."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from reconciler.model.address import Address, Kind
from reconciler.model.codec import plan_to_json
from reconciler.model.plan import Change, Plan, PlannedStep
from reconciler.model.words import counted
from reconciler.report.changes import change_block
from reconciler.report.sections import section
from reconciler.report.steps import describe, waves
from reconciler.report.terminal import Terminal, escape, hang, width, wrap
from reconciler.report.unknown import failed_lines, unverifiable_lines
from reconciler.report.values import value_text
from reconciler.report.verdict import acknowledged_lines, last_line, refusal_lines, refused

APPLY = "reconciler apply"


def plan_json(plan: Plan) -> str:
    """The plan's document as text. Letters beyond ASCII are escaped, so that none of them reaches a terminal raw."""
    return json.dumps(plan_to_json(plan), indent=2) + "\n"


def plan_text(plan: Plan, terminal: Terminal, *, steps: bool = False, command: str = APPLY) -> str:
    """A whole plan. `steps` shows its waves too; `command` is what applies it, for the hint on acknowledgements."""
    lines = [*_head(plan, terminal), *_changes(plan, terminal)]
    lines += section("Blocked, until somebody has done what is said", _blocked(plan, terminal), terminal)
    lines += section("Could not be read", failed_lines(plan.unverifiable, terminal), terminal)
    lines += section("Unverifiable", unverifiable_lines(plan.unverifiable, terminal), terminal)
    lines += section("Not managed here, never touched", unmanaged_lines(plan, terminal), terminal)
    lines += section("Steps", step_lines(plan, terminal) if steps else (), terminal)
    lines += section("Notes", _notes(plan, terminal), terminal)
    lines += section("Refused", refusal_lines(plan, terminal, command), terminal)
    lines.append(last_line(plan, terminal))
    return "\n".join(lines) + "\n"


def _head(plan: Plan, terminal: Terminal) -> Iterator[str]:
    tenant = f", tenant {plan.tenant_id}" if plan.tenant_id else ""
    yield from wrap(escape(f"Plan for {plan.service}{tenant}"), terminal.columns)
    yield ""
    if not plan.differs:
        if plan.reads_failed:
            yield "No change is known, because the service could not be read completely."
        else:
            yield "Nothing to change: the service is as the spec says."
        yield ""


def _changes(plan: Plan, terminal: Terminal) -> Iterator[str]:
    asked = {str(address) for address, _ in refused(plan)}
    for change in plan.changes:
        if not change.blocked:
            yield from change_block(change, terminal, asked)
            yield ""


def _blocked(plan: Plan, terminal: Terminal) -> Iterator[str]:
    for number, change in enumerate(plan.blocked):
        if number:
            yield ""
        yield from change_block(change, terminal)


def left_blocked_text(blocked: Sequence[Change], terminal: Terminal) -> str:
    """What an apply could not do, each with what somebody has to do first; it is what the apply ends with."""
    them = "it waits" if len(blocked) == 1 else "they wait"
    lines = [f"reconciler: {counted(len(blocked), 'change')} could not be made; {them} for somebody to do this:"]
    for change in blocked:
        lines += hang(f"  {escape(str(change.address))}: ", escape(change.blocked), terminal.columns, indent=4)
    return "\n".join(lines) + "\n"


def unmanaged_lines(plan: Plan, terminal: Terminal) -> Iterator[str]:
    """What nobody manages: each kind on lines of its own, by name; what has none, or shares it, with its id."""
    by_kind: defaultdict[Kind, list[Address]] = defaultdict(list)
    for address in sorted(plan.unmanaged):
        by_kind[address.kind].append(address)
    bearers = Counter((address.kind, name.casefold()) for address, name in plan.names.items())
    for kind, addresses in by_kind.items():
        shown = sorted(_unmanaged_name(address, plan.names.get(address, ""), bearers) for address in addresses)
        yield from hang(f"  {kind.value}  ", ", ".join(shown), terminal.columns, indent=4)


def _unmanaged_name(address: Address, name: str, bearers: Counter[tuple[Kind, str]]) -> str:
    if not name:
        return escape(address.key)
    alone = bearers[address.kind, name.casefold()] == 1
    return value_text(name) if alone else f"{value_text(name)} ({escape(address.key)})"


def _notes(plan: Plan, terminal: Terminal) -> Iterator[str]:
    for note in plan.notes:
        yield from hang("  ", escape(note), terminal.columns, indent=4)
    yield from acknowledged_lines(plan, terminal)


def step_lines(plan: Plan, terminal: Terminal) -> Iterator[str]:
    """The steps wave by wave: whatever stands in one wave may run at the same time."""
    column = max((width(planned.id) for planned in plan.steps), default=0)
    yield f"  digest {escape(plan.digest)}"
    for number, wave in enumerate(waves(plan.steps), start=1):
        calls = sum(planned.calls for planned in wave)
        yield f"  wave {number}: {counted(len(wave), 'step')}, {counted(calls, 'call')}"
        for planned in wave:
            yield from _step(planned, column, terminal)


def _step(planned: PlannedStep, column: int, terminal: Terminal) -> Iterator[str]:
    number = escape(planned.id)
    return hang(
        f"    {number}{' ' * max(column - width(number), 0)}  ", escape(describe(planned.step)), terminal.columns
    )
