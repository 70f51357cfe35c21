"""The event stream of a YAML text: libyaml's where it is installed, else the pure one, which gives the same events."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol, cast

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

__all__ = [
    "AliasEvent",
    "DocumentStartEvent",
    "Event",
    "EventSource",
    "MappingEndEvent",
    "MappingStartEvent",
    "Mark",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "native_events",
    "pure_events",
    "quoted",
]


class Mark(Protocol):
    """A position in the text: line and column from 0, both in characters."""

    line: int
    column: int


class Event(Protocol):
    """What is read of an event. Which members there are depends on its type; each is read only where it exists."""

    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    version: object
    tags: object
    start_mark: Mark
    end_mark: Mark


EventSource = Callable[[str], Callable[[], Event]]
"""Takes a text and gives a function that returns the next event at each call."""


def quoted(text: str, event: Event) -> Event:
    """A quoted scalar that stands where another event does."""
    scalar = ScalarEvent(None, None, (False, True), text, event.start_mark, event.end_mark, style="'")
    return cast("Event", scalar)


def pure_events(text: str) -> Callable[[], Event]:
    """The next event at each call, from the parser in Python."""
    events = iter(YAML(typ="safe", pure=True).parse(text))
    return lambda: cast("Event", next(events))


def _native() -> EventSource | None:
    try:
        parser = importlib.import_module("_ruamel_yaml").CParser
    except ImportError:
        return None
    return lambda text: cast("Callable[[], Event]", parser(text).get_event)


native_events = _native() or pure_events
"""The fastest source at hand."""
