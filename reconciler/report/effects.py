"""What a change does to its thing and what could go wrong with it, each in a few words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.model.words import counted, listed
from reconciler.report.values import addresses_in, value_text

_WHOLE_PARTS = frozenset({"match", "filter", "flow", "enabled"})
"""The parts of an object mapping that are no attribute."""


class Risk(Struct, frozen=True):
    """Something that could go wrong: a word or two for a table, and what it means in our own words."""

    short: str
    meaning: str


_REMOVED = {
    Kind.APP: Risk("users left alone", "users are no longer kept up to date"),
    Kind.GROUP: Risk("group gone", "its agents serve nothing through it any more"),
}
_UNSERVED = Risk("interruption", "nobody serves the app while it moves")
_UNDONE = Risk("undoes an edit", "what somebody changed at the service is put back")


def happenings(change: Change) -> Iterator[str]:
    """What becomes of a thing, phrase by phrase: who serves it, its job, then settings and mappings by their names.

    The phrases hold names from outside; whoever shows them escapes them.
    """
    if change.action is Action.REMOVE:
        yield "is removed"
    yield from _told_singly(change.fields)
    for section, words in (("connector", "connection"), ("provisioning", "settings")):
        keys = [part.key.partition(".")[2] for part in change.fields if part.key.startswith(f"{section}.")]
        if keys:
            yield f"{words}: {', '.join(keys)}"
    yield from _mapped(change.fields)


def risks(change: Change, interrupted: Collection[Address] = ()) -> Iterator[Risk]:
    """What could go wrong with a change, each once; `interrupted` are the apps that nobody serves for a while."""
    if change.address in interrupted:
        yield _UNSERVED
    if change.action is Action.REMOVE and change.address.kind in _REMOVED:
        yield _REMOVED[change.address.kind]
    if any(part.cause is not Cause.PENDING for part in change.fields):
        yield _UNDONE
    yield from (risk for fits, risk in _RISKS if any(map(fits, change.fields)))


def _told_singly(fields: Iterable[FieldChange]) -> Iterator[str]:
    for part in fields:
        if part.key in _WORDS:
            yield from _WORDS[part.key](part)
        elif part.key.partition(".")[0] not in {"connector", "provisioning"} and not _is_mapped(part):
            yield f"{part.key} {_moved(part)}"


def _mapped(fields: Iterable[FieldChange]) -> Iterator[str]:
    """Each object mapping once: how many of its attributes change, and which of its other parts."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for part in fields:
        if _is_mapped(part):
            source, _, name = part.key.removeprefix(MAPPING_PREFIX).partition("/")
            parts[source].append(name)
    for source, names in parts.items():
        attributes = sum(name not in _WHOLE_PARTS for name in names)
        counts = [counted(attributes, "attribute")] if attributes else []
        wholes = [name for name in names if name in _WHOLE_PARTS]
        yield f"mapping of {source}: {', '.join((*counts, *wholes))}"


def _is_mapped(part: FieldChange) -> bool:
    return part.key.startswith(MAPPING_PREFIX)


def _moved(part: FieldChange) -> str:
    """Before and after on one line, or only what it becomes where nothing was before."""
    after = value_text(part.after)
    return after if part.before is None else f"{value_text(part.before)} → {after}"


def _name(part: FieldChange) -> Iterator[str]:
    match part.before, part.after:
        case None, name:
            yield f"named {value_text(name)}"
        case name, None:
            yield f"was named {value_text(name)}"
        case _:
            yield f"renamed {_moved(part)}"


def _members(part: FieldChange) -> Iterator[str]:
    before, after = addresses_in(part.before), addresses_in(part.after)
    for them, word in ((after - before, "in"), (before - after, "out")):
        if them:
            yield f"{word}: {listed(sorted(them), 6)}"


def _served(part: FieldChange) -> Iterator[str]:
    before, after = addresses_in(part.before), addresses_in(part.after)
    come, go = listed(sorted(after - before)), listed(sorted(before - after))
    if come and go:
        yield f"moves from {go} to {come}"
    elif come:
        yield f"is served by {come}"
    elif go:
        yield f"leaves {go}"


def _job(part: FieldChange) -> Iterator[str]:
    yield "its job starts" if part.after is True else "its job stops"


_WORDS: Mapping[str, Callable[[FieldChange], Iterator[str]]] = {
    "displayName": _name,
    "resource.resourceName": lambda part: iter([f"published as {value_text(part.after)}"]),
    "agents": _members,
    "group": _served,
    "job.template": lambda part: iter([f"gets a job of template {value_text(part.after)}"]),
    "job.enabled": _job,
}


def _part(name: str) -> Callable[[FieldChange], bool]:
    return lambda part: _is_mapped(part) and part.key.endswith(f"/{name}")


def _replaced(key: str) -> Callable[[FieldChange], bool]:
    return lambda part: part.key == key and part.before is not None


def _becomes(key: str, value: object) -> Callable[[FieldChange], bool]:
    return lambda part: part.key == key and part.after == value


def _is_raised(part: FieldChange) -> bool:
    match part.before, part.after:
        case int() as before, int() as after:
            return part.key == "provisioning.deleteThreshold" and after > before
    return False


def _loses(part: FieldChange) -> bool:
    before, after = addresses_in(part.before), addresses_in(part.after)
    return part.key == "agents" and bool(before - after)


_RISKS: tuple[tuple[Callable[[FieldChange], bool], Risk], ...] = (
    (
        _becomes("job.enabled", value=False),
        Risk("job stops", "nobody is provisioned until the job is enabled again"),
    ),
    (
        _becomes("provisioning.scope", "all"),
        Risk("scope", "everybody in the directory gets an account in the app, whom the filter lets through"),
    ),
    (
        _becomes("provisioning.scope", "assigned"),
        Risk("scope", "who is not assigned is disabled or deleted in the app, unless the app skips that"),
    ),
    (
        _part("filter"),
        Risk(
            "filter", "who leaves it is disabled or deleted in the app, unless the app skips that; who enters is added"
        ),
    ),
    (
        lambda part: part.key == "provisioning.skipOutOfScopeDeletions" and part.after is not True,
        Risk("out of scope", "who is out of scope is disabled or deleted in the app from then on"),
    ),
    (
        _becomes("provisioning.deleteThreshold", None),
        Risk("no threshold", "nothing stops an accidental deletion of many users"),
    ),
    (_is_raised, Risk("threshold", "more deletions pass at once than before")),
    (_part("match"), Risk("matching", "who is matched differently can get a second account")),
    (_replaced("connector.url"), Risk("endpoint", "users are written to another place than before")),
    (
        lambda part: _is_mapped(part) or part.key == "provisioning.scope",
        Risk("initial cycle", "everyone in scope is evaluated and written again"),
    ),
    (_becomes("job.enabled", value=True), Risk("job starts", "users are written from then on")),
    (
        lambda part: part.key == "connector.secretToken",
        Risk("token", "with a wrong token nothing is provisioned"),
    ),
    (_loses, Risk("agents leave", "agents that leave a group serve its apps no more")),
)
