"""What the credentials can do, as text and as JSON: surface by surface, then which calls were tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.abilities import (
    Ability,
    Attempt,
    Holder,
    Looked,
    Outcome,
    Standing,
    SurfaceStanding,
    VerbStanding,
)
from reconciler.model.words import counted, listed
from reconciler.report.columns import columns
from reconciler.report.sections import section
from reconciler.report.terminal import Style, Terminal, escape, hang, wrap

VERSION = 1
"""The version of the JSON document."""

_SIGNS = {Standing.TRIED: "+", Standing.CLAIMED: "+", Standing.UNKNOWN: "?", Standing.LACKING: "-"}
_STYLES = {
    Standing.TRIED: Style.GOOD,
    Standing.CLAIMED: Style.GOOD,
    Standing.UNKNOWN: Style.ASK,
    Standing.LACKING: Style.ERROR,
}
_VERDICTS = {
    Standing.TRIED: "can",
    Standing.CLAIMED: "can (untried)",
    Standing.UNKNOWN: "not known",
    Standing.LACKING: "cannot",
}


def doctor_text(service: str, tenant_id: str, surfaces: Sequence[SurfaceStanding], terminal: Terminal) -> str:
    """Every surface with what can be done on it, and why not; the calls that were tried; one line that sums it up."""
    tenant = f", tenant {tenant_id}" if tenant_id else ""
    lines = [*wrap(escape(f"Doctor of {service}{tenant}"), terminal.columns), ""]
    for each in surfaces:
        lines += section(escape(_title(each)), _rows(each, terminal), terminal)
    lines += section("Tried, reading only", _attempts(surfaces, terminal), terminal)
    lines.append(doctor_last_line(surfaces))
    return "\n".join(lines) + "\n"


def _title(each: SurfaceStanding) -> str:
    if each.problem:
        return f"{each.surface.value}: nobody is signed in"
    if not each.way:
        return f"{each.surface.value}: no token is sent"
    return f"{each.surface.value}: {_who(each.holder)}, by `{each.way}`"


def _who(holder: Holder | None) -> str:
    if holder is None:
        return "a token that says nothing of itself"
    person = f"the user {holder.name}" if holder.name else "a user"
    who = f"{person} as application {holder.application}" if holder.is_user else f"application {holder.application}"
    return f"{who}, until {holder.until:%Y-%m-%d %H:%M} UTC" if holder.until else who


def _rows(each: SurfaceStanding, terminal: Terminal) -> Iterator[str]:
    if each.problem:
        yield from hang("- ", escape(each.problem), terminal.columns)
        yield from hang("  hint  ", escape(each.hint), terminal.columns)
        return
    yield from columns(
        [(f"{_SIGNS[known.standing]} {known.capability.what}", known.why) for known in each.abilities],
        terminal,
        [_STYLES[known.standing] for known in each.abilities],
    )


def _attempts(surfaces: Sequence[SurfaceStanding], terminal: Terminal) -> Iterator[str]:
    tried = [attempt for each in surfaces for attempt in each.looked.attempts]
    yield from columns([(_status(attempt), _call(attempt)) for attempt in tried], terminal)
    for each in surfaces:
        if each.looked.of:
            yield from wrap(_count(each.looked), terminal.columns)


def _count(looked: Looked) -> str:
    if looked.apps == looked.of:
        return f"{counted(looked.of, 'app')} looked at."
    return f"{looked.apps} of {counted(looked.of, 'app')} looked at: allow more with --time-limit."


def _status(attempt: Attempt) -> str:
    return str(attempt.status) if attempt.status else "---"


def _call(attempt: Attempt) -> str:
    times = f", {attempt.times} times" if attempt.times > 1 else ""
    of = f", of {listed(attempt.apps)}" if attempt.apps else ""
    why = f": {attempt.why}" if attempt.outcome is not Outcome.ANSWERED else ""
    return f"{attempt.method} {attempt.path}{times}{of}{why}"


def doctor_last_line(surfaces: Iterable[SurfaceStanding]) -> str:
    """What can be done where, in one line. It is not wrapped."""
    return f"Doctor: {'; '.join(_sum(each) for each in surfaces) or 'no surface was chosen that has credentials'}."


def _sum(each: SurfaceStanding) -> str:
    if each.problem:
        return f"{each.surface.value} cannot be signed in for"
    groups: dict[str, list[str]] = {}
    for verb in each.verbs:
        groups.setdefault(_verdict(verb, each.abilities), []).append(verb.verb)
    told = ", ".join(f"{'/'.join(verbs)} {verdict}" for verdict, verbs in groups.items())
    return f"{each.surface.value}: {told}"


def _verdict(verb: VerbStanding, abilities: Iterable[Ability]) -> str:
    """A verb's standing; where it reads all and lacks only something to write, that it can do the rest."""
    writes = {known.capability.what: known.capability.writes for known in abilities}
    lacks_writes_only = all(writes[what] for what in verb.without)
    some = sum(writes.values()) > len(verb.without)
    if verb.standing is Standing.LACKING and lacks_writes_only and some:
        return f"can (but not {', '.join(verb.without)})"
    if verb.standing is Standing.LACKING or not verb.without:
        return _VERDICTS[verb.standing]
    return f"{_VERDICTS[verb.standing]} (but not {', '.join(verb.without)})"


def doctor_json(service: str, tenant_id: str, surfaces: Iterable[SurfaceStanding]) -> str:
    """The same as one JSON document."""
    document = {
        "version": VERSION,
        "service": service,
        "tenantId": tenant_id,
        "surfaces": [_surface_document(each) for each in surfaces],
    }
    return json.dumps(document, indent=2) + "\n"


def _surface_document(each: SurfaceStanding) -> dict[str, object]:
    return {
        "surface": each.surface.value,
        "signIn": each.way,
        "holder": _holder_document(each.holder),
        "problem": each.problem,
        "hint": each.hint,
        "verbs": [
            {"verb": verb.verb, "standing": verb.standing.name.lower(), "without": list(verb.without)}
            for verb in each.verbs
        ],
        "abilities": [
            {
                "what": known.capability.what,
                "writes": known.capability.writes,
                "standing": known.standing.name.lower(),
                "why": known.why,
                "delegated": list(known.capability.delegated),
                "application": list(known.capability.application),
            }
            for known in each.abilities
        ],
        "tried": [
            {
                "method": attempt.method,
                "path": attempt.path,
                "outcome": attempt.outcome.value,
                "status": attempt.status,
                "why": attempt.why,
                "times": attempt.times,
                "apps": list(attempt.apps),
            }
            for attempt in each.looked.attempts
        ],
        "apps": {"looked": each.looked.apps, "of": each.looked.of},
    }


def _holder_document(holder: Holder | None) -> dict[str, object] | None:
    if holder is None:
        return None
    return {
        "application": holder.application,
        "kind": "user" if holder.is_user else "application",
        "name": holder.name,
        "tenant": holder.tenant,
        "until": holder.until.isoformat() if holder.until else None,
        "permissions": sorted(holder.permissions),
        "roles": None if holder.roles is None else sorted(holder.roles),
    }
