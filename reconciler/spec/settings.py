"""The tenant and the policy of a spec, from their sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from reconciler.model.address import Address
from reconciler.model.fields import Surface
from reconciler.model.place import Place
from reconciler.model.spec import (
    Acknowledgement,
    Cloud,
    Interruption,
    Limits,
    Policy,
    Profile,
    SignIn,
    Tenant,
    Way,
)
from reconciler.spec import rules
from reconciler.spec.merge import Merged
from reconciler.spec.names import Names
from reconciler.spec.tree import Items, Node, Slot, Table, first_line
from reconciler.spec.wording import short

T = TypeVar("T")
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SECONDS = (86_400, 3_600, 60, 1)
_CLOUDS = {cloud.value: cloud for cloud in Cloud}
_SURFACES = {surface.value: surface for surface in Surface}
_WAYS = {way.value: way for way in Way}
_INTERRUPTIONS = {interruption.value: interruption for interruption in Interruption}


def tenant_of(merged: Merged, root_file: str, names: Names) -> Tenant:
    """The tenant. Its name and id are required; the service is the embedded emulator where none is named."""
    entries = merged.entries("tenant")
    place = next((slot.table.whole for slot in entries.values()), first_line(root_file))
    if "tenant" not in merged.single:
        for key in ("name", "id"):
            if key not in entries:
                text = f"`tenant` lacks `{key}`"
                names.add(place, rules.MISSING_KEY.finding(text, place=place, hint=f"add `{key}:` below `tenant:`"))
    return Tenant(
        _text(entries, "name"),
        _text(entries, "id"),
        _text(entries, "endpoint", "emulator"),
        _CLOUDS.get(_text(entries, "cloud"), Cloud.GLOBAL),
        _text(entries, "seed"),
        dict(_sign_ins(_table(entries, "auth"))),
        place,
    )


def _sign_ins(table: Mapping[str, Node]) -> Iterator[tuple[Surface, SignIn]]:
    for word, credential in table.items():
        if word in _SURFACES and isinstance(credential, Table):
            client = credential.get("clientId")
            way = _WAYS.get(str(credential.get("credential")), Way.DEFAULT)
            yield _SURFACES[word], SignIn(way, client if isinstance(client, str) else "")


def surfaces_of(merged: Merged) -> frozenset[Surface]:
    """What the repository reads and plans; everything where it does not say."""
    slot = merged.entries("tenant").get("surfaces")
    listed = slot.value if slot else None
    words = [word for word in listed if isinstance(word, str)] if isinstance(listed, Items) else []
    return frozenset(_SURFACES[word] for word in words if word in _SURFACES) or frozenset(Surface)


def store_of(merged: Merged, names: Names) -> tuple[str, Place | None]:
    """Where state is kept: `directory` or `gitRef:REF`; and where the spec says so."""
    entries = merged.entries("state")
    blob = entries.get("azureBlob")
    if blob is not None and isinstance(blob.value, str):
        place, hint = blob.key_place, "keep it in a directory, or in a git reference: `state: {gitRef: REF}`"
        text = "this version does not keep state in azureBlob: it is not available yet"
        names.add(place, rules.NO_SUCH_STORE.finding(text, place=place, expected="store or gitRef", hint=hint))
    reference = entries.get("gitRef")
    if reference is not None and isinstance(reference.value, str):
        return f"gitRef:{reference.value}", reference.key_place
    return "directory", None


def policy_of(merged: Merged, names: Names) -> Policy:
    """The policy, with defaults where it says nothing."""
    entries = merged.entries("policy")
    _check_time_zone(entries.get("maintenance"), names)
    weights = _table(entries, "rules")
    return Policy(
        availability=_text(entries, "availability", Policy().availability),
        profiles=_profiles(_table(entries, "availabilityProfiles")),
        settle_seconds=_duration(_text(entries, "settle"), Policy().settle_seconds),
        limits=_limits(_table(entries, "limits")),
        protect=_protected(entries.get("protect"), names),
        rules={rule: str(weight) for rule, weight in weights.items()},
        acknowledgements=_acknowledgements(merged.acknowledgements, names),
        places=_policy_places(entries),
    )


def _policy_places(entries: Mapping[str, Slot]) -> dict[str, Place]:
    named = {key: slot.place for key, slot in entries.items() if key == "availability"}
    weights = entries["rules"].value if "rules" in entries else None
    rules_named = {rule: weights.key_place(rule) for rule in weights} if isinstance(weights, Table) else {}
    return {**named, **rules_named}


def _text(entries: Mapping[str, Slot], key: str, default: str = "") -> str:
    slot = entries.get(key)
    return slot.value if slot is not None and isinstance(slot.value, str) else default


def _table(entries: Mapping[str, Slot], key: str) -> Mapping[str, Node]:
    slot = entries.get(key)
    return slot.value if slot is not None and isinstance(slot.value, Table) else {}


def _duration(text: str, default: float) -> float:
    """The seconds of a duration such as 1h30m; the default where the text is none."""
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return default
    return float(sum(int(count or 0) * unit for count, unit in zip(found.groups(), _SECONDS, strict=True)))


def _limits(table: Mapping[str, Node]) -> Limits:
    limits = Limits()
    removals = _share(table.get("maxRemovals"), (limits.max_removals_percent, limits.max_removals))
    changed = _share(table.get("maxAppsChanged"), (limits.max_apps_changed_percent, limits.max_apps_changed))
    return Limits(*removals, *changed, _number(table.get("floor"), limits.floor))


def _share(value: Node, default: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    """A percentage or a count as (percent, count)."""
    match value:
        case str() if value.removesuffix("%").isdecimal():
            return int(value.removesuffix("%")), None
        case int() if not isinstance(value, bool):
            return None, value
    return default


def _number(value: Node, default: T) -> int | T:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _profiles(table: Mapping[str, Node]) -> dict[str, Profile]:
    return {name: _profile(name, profile) for name, profile in table.items() if isinstance(profile, Table)}


def _profile(name: str, table: Table) -> Profile:
    default = Profile(name)
    return Profile(
        name,
        _number(table.get("minDeclared"), default.min_declared),
        _number(table.get("minActive"), default.min_active),
        _number(table.get("maxActive"), default.max_active),
        _number(table.get("distinctEgress"), default.distinct_egress),
        _number(table.get("standby"), default.standby),
        _INTERRUPTIONS.get(str(table.get("interruption")), default.interruption),
    )


def _protected(slot: Slot | None, names: Names) -> frozenset[Address]:
    listed = slot.value if slot is not None else None
    protected: set[Address] = set()
    for index, text in enumerate(listed if isinstance(listed, Items) else ()):
        address = _address(text)
        if address is not None and isinstance(listed, Items):
            names.protect(address, listed.place(index))
            protected.add(address)
    return frozenset(protected)


def _address(text: Node) -> Address | None:
    try:
        return Address.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _acknowledgements(lists: list[Items], names: Names) -> tuple[Acknowledgement, ...]:
    found: dict[Acknowledgement, None] = {}
    for items in lists:
        for index, item in enumerate(items):
            address = _address(item.get("address")) if isinstance(item, Table) else None
            if not isinstance(item, Table) or address is None:
                continue
            place = items.place(index)
            acknowledgement = Acknowledgement(address, str(item.get("change") or ""), place)
            if acknowledgement in found:
                rule, text = rules.REPEATED_ACKNOWLEDGEMENT, f"this change of {address} is acknowledged twice"
                hint = "take out one of the two"
                names.add(place, rule.finding(text, address=str(address), place=place, hint=hint))
            found.setdefault(acknowledgement)
    return tuple(found)


def _check_time_zone(slot: Slot | None, names: Names) -> None:
    table = slot.value if slot is not None else None
    zone = table.get("timezone") if isinstance(table, Table) else None
    if not isinstance(table, Table) or not isinstance(zone, str):
        return
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - it loads how Python was built, and few specs name a zone

    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        place = table.place("timezone")
        text = f"there is no time zone {short(zone)}"
        expected = "a name of the IANA database, such as Europe/Amsterdam"
        names.add(place, rules.UNKNOWN_ZONE.finding(text, place=place, found=short(zone), expected=expected))
