"""What a plan or a drift report could not verify: what is unknown by nature, in few lines, and reads that failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Unverifiable
from reconciler.model.words import counted
from reconciler.report.terminal import Style, Terminal, escape, hang, wrap

_PLURALS = {kind: f"{kind.value}s" for kind in Kind} | {Kind.PROXY: "proxies", Kind.UPDATER: "updater"}


def unverifiable_lines(unknown: Iterable[Unverifiable], terminal: Terminal) -> Iterator[str]:
    """What cannot be known by nature: a line for each set of fields and reason, then the things that it is said of."""
    fields: defaultdict[tuple[Address, str], list[str]] = defaultdict(list)
    for each in unknown:
        if not each.cell.is_failure:
            fields[each.address, each.cell.reason.value].append(each.key)
    things: defaultdict[tuple[Kind, tuple[str, ...], str], list[Address]] = defaultdict(list)
    for (address, why), names in fields.items():
        things[address.kind, tuple(sorted(names)), why].append(address)
    for (kind, keys, reason), addresses in things.items():
        yield from _together(kind, keys, reason, sorted(addresses), terminal)


def _together(
    kind: Kind, keys: tuple[str, ...], reason: str, addresses: list[Address], terminal: Terminal
) -> Iterator[str]:
    sign = terminal.paint("?", Style.ASK)
    if len(addresses) == 1:
        text = f"{addresses[0]}  {', '.join(keys)}: {reason}"
    else:
        text = f"{', '.join(keys)} of {len(addresses)} {_PLURALS[kind]}: {reason}"
    first, *rest = wrap(escape(text), terminal.columns - 2)
    yield f"{sign} {first}"
    yield from (f"  {line}" for line in rest)
    if len(addresses) > 1:
        yield from hang("    ", escape(", ".join(address.key for address in addresses)), terminal.columns)


def failed_lines(unknown: Iterable[Unverifiable], terminal: Terminal) -> Iterator[str]:
    """Reads that were tried and failed, by cause: each cause once, with what is unknown because of it."""
    causes: defaultdict[str, list[Unverifiable]] = defaultdict(list)
    for each in unknown:
        if each.cell.is_failure:
            causes[each.cell.detail or each.cell.reason.value].append(each)
    for cause, fields in causes.items():
        sign = terminal.paint("?", Style.ERROR)
        first, *rest = wrap(escape(cause), terminal.columns - 2)
        yield f"{sign} {first}"
        yield from (f"  {line}" for line in rest)
        things = sorted({each.address for each in fields})
        names = ", ".join(map(str, things))
        text = f"leaves {counted(len(fields), 'field')} unknown: {names}"
        yield from hang("    ", escape(text), terminal.columns, indent=6)
