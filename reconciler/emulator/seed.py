"""Read a seed: what a tenant holds before anybody calls, as a person writes it.

`schemas/seed.schema.json` says what a seed can have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.emulator.audit.activities import NAMED
from reconciler.emulator.faults import rule_from_json
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.switches import switches_from_json

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_SEED = 256 * 1024 * 1024
"""Bytes of a seed file: whole schemas of thousands of apps fit."""

_FIRST, _LAST = 1971, 2999
"""The years that a clock can stand in: later than what a seed plants as long ago, and with room to go on."""

NO_SEED: Document = {"version": 1}


class SeedFault(Struct, frozen=True):
    """What is wrong with a seed, and where: a JSON pointer. Neither bears a value of the seed."""

    pointer: str
    message: str


class SeedError(Exception):
    """A seed that cannot be used; the message names every fault on a line of its own."""

    def __init__(self, faults: Iterable[SeedFault], source: str = "the seed") -> None:
        self.faults = tuple(faults)
        lines = "".join(f"\n  {fault.pointer or '/'}: {fault.message}" for fault in self.faults)
        super().__init__(f"{source} cannot be used:{lines}")


def read_seed(path: Path) -> Document:
    """The checked seed in a file. Raises SeedError, and OSError where the file cannot be read."""
    if path.stat().st_size > MAX_SEED:
        raise SeedError([SeedFault("", f"the file is larger than {MAX_SEED} bytes")], str(path))
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError:
        raise SeedError([SeedFault("", "it is nested too deeply")], str(path)) from None
    except json.JSONDecodeError as error:
        message = f"no JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        raise SeedError([SeedFault("", message)], str(path)) from None
    except UnicodeDecodeError:
        raise SeedError([SeedFault("", "it is not UTF-8")], str(path)) from None
    return checked_seed(found, str(path))


def checked_seed(found: object, source: str = "the seed") -> Document:
    """The seed, where it fits its schema, its switches exist, its names refer to something and none is used twice.

    Raises SeedError with all faults.
    """
    faults = [SeedFault(_pointer(error), _worded(error)) for error in _schema_errors(found)]
    if not faults and isinstance(found, dict):
        faults = [
            *_switch_faults(found),
            *_clock_faults(found),
            *_rule_faults(found),
            *_reference_faults(found),
            *_audit_faults(found),
            *_id_faults(found),
        ]
    if faults or not isinstance(found, dict):
        raise SeedError(faults, source)
    return found


def moment(text: str) -> datetime:
    """The moment that a text such as `2026-01-31T08:00:00Z` names. Raises ValueError where it is none, or too far."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not _FIRST <= found.year <= _LAST:
        raise ValueError(f"{text[:64]!r} is no moment such as 2026-01-31T08:00:00Z, from {_FIRST} to {_LAST}")
    return found.astimezone(UTC)


def seed_schema() -> Document:
    """The JSON Schema of seeds."""
    here = Path(__file__).resolve()
    places = (here.parents[1] / "_schemas", here.parents[2] / "schemas")
    path = next(folder / "seed.schema.json" for folder in places if (folder / "seed.schema.json").is_file())
    found: Document = json.loads(path.read_text(encoding="utf-8"))
    return found


def _schema_errors(found: object) -> list[ValidationError]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (slow to import, and needed only here)

    errors = Draft202012Validator(seed_schema()).iter_errors(found)
    return sorted(errors, key=lambda error: [str(part) for part in error.absolute_path])


def _pointer(error: ValidationError) -> str:
    return _path(*error.absolute_path)


def _path(*parts: object) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _worded(error: ValidationError) -> str:
    """What is wrong, without the value, which may be a secret."""
    match error.validator:
        case "required" | "additionalProperties":
            return str(error.message)
        case "type":
            return f"it is not of type {error.validator_value}"
        case "enum" | "const":
            return f"it is not {json.dumps(error.validator_value)}"
        case _:
            return f"it does not fit {error.validator} {json.dumps(error.validator_value)}"


def _switch_faults(seed: Document) -> list[SeedFault]:
    try:
        switches_from_json(section_object(seed, "switches"))
    except ValueError as error:
        return [SeedFault("/switches", str(error))]
    return []


def _clock_faults(seed: Document) -> list[SeedFault]:
    try:
        moment(str(seed.get("clock", "2000-01-01T00:00:00Z")))
    except ValueError as error:
        return [SeedFault("/clock", str(error))]
    return []


def _rule_faults(seed: Document) -> list[SeedFault]:
    faults = []
    for position, rule in enumerate(entries(seed, "faults")):
        try:
            rule_from_json(json.loads(json.dumps(rule)))
        except ValueError as error:
            faults.append(SeedFault(_path("faults", position), str(error)))
    return faults


class _Reference(Struct, frozen=True):
    """Entries of `section` name, in their list `member`, entries of `targets` by their `name`."""

    section: str
    member: str
    targets: tuple[tuple[str, str], ...]


_REFERENCES = (
    _Reference("agents", "groups", (("agentGroups", "displayName"),)),
    _Reference("publishedResources", "groups", (("agentGroups", "displayName"),)),
    _Reference("groups", "members", (("users", "displayName"), ("groups", "displayName"))),
    _Reference("apps", "assigned", (("users", "displayName"), ("groups", "displayName"))),
)


def _reference_faults(seed: Document) -> list[SeedFault]:
    faults = []
    for reference in _REFERENCES:
        known = {each.get(name) for section, name in reference.targets for each in entries(seed, section)}
        where = " or ".join(section for section, _ in reference.targets)
        for position, entry in enumerate(entries(seed, reference.section)):
            for place, name in enumerate(names(entry, reference.member)):
                if name not in known:
                    pointer = _path(reference.section, position, reference.member, place)
                    faults.append(SeedFault(pointer, f"there is no {name!r} among {where}"))
    machines = {agent.get("machineName") for agent in entries(seed, "agents")}
    for position, event in enumerate(entries(seed, "agentEvents")):
        if event.get("agent") not in machines:
            faults.append(SeedFault(_path("agentEvents", position, "agent"), "there is no agent of this machineName"))
    if sum(bool(group.get("isDefault")) for group in entries(seed, "agentGroups")) > 1:
        faults.append(SeedFault("/agentGroups", "more than one group is the default group"))
    return faults


_AUDITED: Mapping[Kind, tuple[str, str]] = {
    Kind.AGENT_GROUP: ("agentGroups", "displayName"),
    Kind.AGENT: ("agents", "machineName"),
    Kind.PUBLISHED_RESOURCE: ("publishedResources", "resourceName"),
    Kind.SERVICE_PRINCIPAL: ("apps", "displayName"),
}
"""The section that holds what an entry of the audit log is about, and the member that names it."""


def _audit_faults(seed: Document) -> list[SeedFault]:
    faults = []
    for position, entry in enumerate(entries(seed, "audit")):
        section, name = _AUDITED[NAMED[str(entry["activityDisplayName"])].kind]
        if entry["target"] not in {each.get(name) for each in entries(seed, section)}:
            where = _path("audit", position, "target")
            faults.append(SeedFault(where, f"there is no {entry['target']!r} among {section}, by {name}"))
        try:
            moment(str(entry["activityDateTime"]))
        except ValueError as error:
            faults.append(SeedFault(_path("audit", position, "activityDateTime"), str(error)))
    return faults


_IDS = ("id", "appId", "applicationId", "servicePrincipalId", "connectorId")


def _id_faults(seed: Document) -> list[SeedFault]:
    faults = []
    for section in ("users", "groups", "agents", "agentGroups", "publishedResources", "apps"):
        for member in _IDS:
            seen: set[str] = set()
            for position, entry in enumerate(entries(seed, section)):
                identifier = str(entry.get(member, "")).lower()
                if identifier and identifier in seen:
                    faults.append(SeedFault(_path(section, position, member), "another entry has this id"))
                seen.add(identifier)
    return faults


def entries(seed: Mapping[str, object], section: str) -> list[Document]:
    """The entries of a section of a checked seed; none where it is absent."""
    found = seed.get(section, [])
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def names(entry: Mapping[str, object], member: str) -> list[str]:
    """The names that a member of a checked entry lists; none where it is absent."""
    found = entry.get(member, [])
    return [str(name) for name in found] if isinstance(found, list) else []


def section_object(seed: Mapping[str, object], member: str) -> Document:
    """The object that a member of a checked seed is; an empty one where it is absent."""
    found = seed.get(member, {})
    return found if isinstance(found, dict) else {}
