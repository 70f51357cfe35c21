"""The profile's updater configuration: its cells, and the body that writes them.

Page: learn.microsoft.com/graph/api/resources/hybridagentupdaterconfiguration (beta).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from reconciler.model.address import Kind
from reconciler.model.cells import ABSENT, Known, LiveCell
from reconciler.model.states import FieldValue
from reconciler.model.steps import ConnectionValue
from reconciler.msgraph.wire.fields import wire_path
from reconciler.msgraph.wire.request import Body

WINDOW_KEYS = frozenset({"window.start", "window.end"})
"""The fields of one nested value. It is written whole: whether a part of it would do is not documented."""

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)?")
_FRACTION = re.compile(r"\.\d+")


class UpdateWindow(msgspec.Struct, rename="camel"):
    """The hours in which agents may update themselves."""

    update_window_start_time: str | None = None
    update_window_end_time: str | None = None


class UpdaterConfiguration(msgspec.Struct, rename="camel"):
    """The configuration as the service gives it."""

    allow_update_configuration_override: bool | None = None
    defer_update_date_time: str | None = None
    update_window: UpdateWindow | None = None


def updater_cells(configuration: UpdaterConfiguration | None) -> Mapping[str, LiveCell[FieldValue]]:
    """The updater's cells: times as `01:30`, moments in UTC as `2027-01-31T00:00:00Z`."""
    live = configuration or UpdaterConfiguration()
    window = live.update_window or UpdateWindow()
    override = live.allow_update_configuration_override
    return {
        "window.start": _cell(_time(window.update_window_start_time)),
        "window.end": _cell(_time(window.update_window_end_time)),
        "allowOverride": ABSENT if override is None else Known(override),
        "deferUntil": _cell(_moment(live.defer_update_date_time)),
    }


def updater_body(settings: Mapping[str, ConnectionValue]) -> Body:
    """The body that writes these fields; a setting of None clears."""
    members: dict[str, Body] = {}
    window: dict[str, Body] = {}
    for key, value in settings.items():
        path = wire_path(Kind.UPDATER, key)
        if path.tail:
            window[path.tail] = f"{value}:00" if isinstance(value, str) and value.count(":") == 1 else value
            members[path.head] = window
        else:
            members[path.head] = value
    return members


def _cell(text: str | None) -> LiveCell[FieldValue]:
    return Known(text) if text else ABSENT


def _time(text: str | None) -> str | None:
    """A time of day as `01:30`; documented examples lack a leading zero, and the service may add fractions."""
    match = _TIME.fullmatch(text or "")
    if match is None:
        return text
    hours, minutes, seconds = match.groups()
    return f"{int(hours):02}:{minutes}" + (f":{seconds}" if seconds and seconds != "00" else "")


def _moment(text: str | None) -> str | None:
    """A moment in UTC to the second; the year 1 stands for none."""
    if not text or text.startswith("0001-"):
        return None
    try:
        moment = datetime.fromisoformat(_FRACTION.sub("", text))
    except ValueError:
        return text
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
