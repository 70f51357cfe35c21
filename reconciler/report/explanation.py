"""A rule, and a thing field by field, as text and as JSON; of a secret its source and version, never more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, assert_never

from reconciler.model.cells import Absent, Clear, Known, Never, Reason, Unmanaged, Unreadable, Value
from reconciler.model.finding import Finding, in_order
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.values import value_to_json
from reconciler.plan.mapping_parts import Part
from reconciler.plan.story import Keeper, Story, Told
from reconciler.report.findings import finding_document, place_document
from reconciler.report.rule_examples import Example, Sample
from reconciler.report.sections import section
from reconciler.report.terminal import TAB, Style, Terminal, escape, hang, wrap
from reconciler.report.values import value_text

if TYPE_CHECKING:
    from reconciler.model.cells import AppliedCell, DesiredCell, LiveCell
    from reconciler.model.values import Json

VERSION = 1
"""The version of the JSON documents."""

_NO_LEDGER = "There is no ledger of this service yet, so nobody knows what was applied."
_NOT_READ = Unreadable(Reason.NOT_READ)


def rule_text(rule: Rule, example: Example, terminal: Terminal) -> str:
    """What a rule asks for, why, whether its weight may change, where it comes from, what breaks it and mends that."""
    head = f"{rule.id} ({rule.severity.value}): "
    first, *rest = hang(head, f"{rule.title}.", terminal.columns, indent=2)
    change = "keeps its weight" if rule.fixed else f"may be weighed: `policy: {{rules: {{{rule.id}: warn}}}}`"
    lines = [terminal.paint(first, Style.STRONG), *rest, "", *wrap(rule.why, terminal.columns), ""]
    lines += [*hang("  weight  ", change, terminal.columns)]
    lines += [f"  source  {rule.page}"] if rule.page else []
    lines += ["", "This breaks it:", "", *_sample(example.failing), "", "Mended:", "", *_sample(example.mended)]
    return "\n".join(lines) + "\n"


def _sample(sample: Sample) -> Iterator[str]:
    return (f"{TAB}{line}" for line in sample.text.rstrip("\n").split("\n"))


def rule_json(rule: Rule, example: Example) -> str:
    """A rule with its example as one JSON document."""
    document = {
        "version": VERSION,
        "kind": "rule",
        "rule": rule.id,
        "title": rule.title,
        "why": rule.why,
        "severity": rule.severity.value,
        "mayChange": not rule.fixed,
        "page": rule.page,
        "failing": example.failing.text,
        "mended": example.mended.text,
    }
    return json.dumps(document, indent=2) + "\n"


def thing_text(
    title: str,
    place: Place | None,
    told: Sequence[Story],
    origins: Mapping[str, str],
    terminal: Terminal,
    *,
    ledger: bool,
) -> str:
    """Every field of a thing: who manages it first, what nobody manages next, what nobody says anything of by name."""
    where = f"  {place}" if place else "  the spec does not name it"
    lines = [*hang("", f"{escape(title)}{escape(where)}", terminal.columns, indent=2), ""]
    lines += [] if ledger else [*wrap(_NO_LEDGER, terminal.columns), ""]
    kept = [story for story in told if story.keeper not in {Keeper.NOBODY, Keeper.SERVICE}]
    rest = [story for story in told if story not in kept and not story.is_empty]
    empty = [story.key for story in told if story not in kept and story.is_empty]
    for story in kept:
        lines += [*_story(story, origins.get(story.key, ""), terminal, ledger=ledger), ""]
    lines += section("Not managed here", _plain(rest, terminal), terminal)
    if empty:
        lines += section("Nobody says anything of", wrap(escape(", ".join(empty)), terminal.columns), terminal)
    return "\n".join(lines).rstrip("\n") + "\n"


def _plain(told: Iterable[Story], terminal: Terminal) -> Iterator[str]:
    for story in told:
        said = f"{_live(story.live)} ({story.keeper.value})" if story.keeper is Keeper.SERVICE else _live(story.live)
        yield from hang(f"  {escape(story.key)}: ", said, terminal.columns, indent=4)


def _story(story: Story, origin: str, terminal: Terminal, *, ledger: bool) -> Iterator[str]:
    head, *rest = hang("", f"{escape(story.key)}: {story.summary}", terminal.columns, indent=2)
    yield terminal.paint(head, Style.STRONG)
    yield from rest
    rows = {
        "desired": " ".join(filter(None, (_desired(story.desired), _where(story.desired, origin)))),
        "live": "" if story.live == _NOT_READ else _live(story.live),
        "applied": _applied(story.applied) if ledger else "",
        "kept by": story.keeper.value,
    }
    for label, text in rows.items():
        if text:
            yield from hang(f"  {label:<8} ", text, terminal.columns)


def _where(cell: DesiredCell[Told], origin: str) -> str:
    match cell:
        case Value(place=Place() as place) | Clear(place=Place() as place):
            return escape(f"({place}{f', {origin}' if origin else ''})")
    return f"({origin})" if origin else ""


def _desired(cell: DesiredCell[Told]) -> str:
    match cell:
        case Unmanaged():
            return "unmanaged"
        case Clear():
            return "cleared"
        case Value(value):
            return _told(value)
    assert_never(cell)


def _live(cell: LiveCell[Told]) -> str:
    match cell:
        case Known(value):
            return _told(value)
        case Absent():
            return "nothing"
        case Unreadable(reason, detail):
            return escape(f"? {reason.value}{f': {detail}' if detail else ''}")
    assert_never(cell)


def _applied(cell: AppliedCell[Told]) -> str:
    match cell:
        case Never():
            return "never"
        case Value(value):
            return _told(value)
    assert_never(cell)


def _told(value: Told) -> str:
    return escape(value.text) if isinstance(value, Part) else value_text(value)


def thing_json(
    address: str,
    live_id: str,
    place: Place | None,
    told: Iterable[Story],
    origins: Mapping[str, str],
    findings: Iterable[Finding],
    *,
    ledger: bool,
) -> str:
    """The same as one JSON document, with every field in it. Parts of mappings are in words."""
    document = {
        "version": VERSION,
        "kind": "thing",
        "address": address,
        "liveId": live_id,
        "place": place_document(place),
        "ledger": ledger,
        "fields": [_field(story, origins.get(story.key, "")) for story in told],
        "findings": [finding_document(finding) for finding in in_order(findings)],
    }
    return json.dumps(document, indent=2) + "\n"


def _field(story: Story, origin: str) -> Json:
    return {
        "key": story.key,
        "summary": story.summary,
        "keptBy": story.keeper.name.lower(),
        "desired": _cell(story.desired, origin),
        "live": _cell(story.live),
        "applied": _cell(story.applied),
    }


def _cell(cell: DesiredCell[Told] | LiveCell[Told] | AppliedCell[Told], origin: str = "") -> Json:
    """A cell by its state; `value` where it has one, `place` and `origin` where the spec says it."""
    match cell:
        case Value(value, place):
            return {"state": "value", "value": _value(value), **_placed(place, origin)}
        case Clear(place):
            return {"state": "cleared", **_placed(place, origin)}
        case Known(value):
            return {"state": "value", "value": _value(value)}
        case Unreadable(reason, detail):
            return {"state": "unknown", "why": f"{reason.value}: {detail}" if detail else reason.value}
        case Unmanaged():
            return {"state": "unmanaged"}
        case Absent():
            return {"state": "absent"}
        case Never():
            return {"state": "never"}
    assert_never(cell)


def _placed(place: Place | None, origin: str) -> dict[str, Json]:
    said: dict[str, Json] = {"place": place_document(place)} if place else {}
    return {**said, "origin": origin} if origin else said


def _value(value: Told) -> Json:
    return value.text if isinstance(value, Part) else value_to_json(value)
