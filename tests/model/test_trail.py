"""A difference is told of the one who made it, by the entries of the audit log that can be about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.address import UPDATER, Address, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.model.trail import Author, Entry, Touch, Trail, authors_of

BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
BINDINGS = Bindings(
    agents={agent("one"): "A-1", agent("two"): "A-2"},
    groups={group("hr"): "G"},
    principals={app("crm"): "P"},
    resources={app("crm"): "R"},
)


def entry(minute: int, who: str, touch: Touch, live_id: str, *properties: str) -> Entry:
    at = BEGAN + timedelta(minutes=minute)
    return Entry(at, who, touch, frozenset({live_id.lower()}), frozenset(properties))


def author(address: Address, field: FieldChange, *entries: Entry) -> Author | None:
    change = Change(address, Action.CHANGE, (field,), "", "")
    return authors_of([change], BINDINGS, Trail(entries)).get((address, field.key))


def field(key: str, before: object = None, after: object = None) -> FieldChange:
    return FieldChange(key, before, after, Cause.DRIFT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "key", "touch", "live_id"),
    [
        (app("crm"), "group", Touch.RESOURCE, "R"),
        (app("crm"), "resource.displayName", Touch.RESOURCE, "R"),
        (app("crm"), "job.enabled", Touch.RUNNING, "P"),
        (app("crm"), "job.enabled", Touch.WHOLE, "P"),
        (app("crm"), "connector.url", Touch.SETTINGS, "P"),
        (app("crm"), "provisioning.scope", Touch.SETTINGS, "P"),
        (app("crm"), "mapping/User/title", Touch.MAPPINGS, "P"),
        (app("crm"), "mapping", Touch.WHOLE, "P"),
        (group("hr"), "displayName", Touch.GROUP, "G"),
    ],
)
def test_an_entry_of_the_right_kind_about_the_right_thing_names_the_author(
    address: Address, key: str, touch: Touch, live_id: str
) -> None:
    assert author(address, field(key), entry(1, "ada", touch, live_id)) == Author("ada", BEGAN + timedelta(minutes=1))
    assert author(address, field(key), entry(1, "ada", touch, "other")) is None
    others = [kind for kind in Touch if kind is not touch and {kind, touch} != {Touch.RUNNING, Touch.WHOLE}]
    if touch not in (Touch.MAPPINGS, Touch.WHOLE):
        assert author(address, field(key), *(entry(1, "ada", kind, live_id) for kind in others)) is None


def test_the_newest_entry_counts_and_the_others_are_counted_where_the_log_cannot_tell() -> None:
    title = field("mapping/User/title")
    two = (entry(1, "ada", Touch.MAPPINGS, "P"), entry(3, "bob", Touch.MAPPINGS, "P"))
    assert author(app("crm"), title, *two) == Author("bob", BEGAN + timedelta(minutes=3), others=1)


def test_an_entry_that_names_the_field_counts_before_a_newer_one_that_does_not() -> None:
    title = field("mapping/User/title")
    named = entry(1, "ada", Touch.MAPPINGS, "P", "user.title")
    assert author(app("crm"), title, named, entry(3, "bob", Touch.MAPPINGS, "P", "user.mail")) == Author(
        "ada", BEGAN + timedelta(minutes=1)
    )


def test_a_newest_entry_by_nobody_leaves_the_author_unknown() -> None:
    running = field("job.enabled")
    assert author(app("crm"), running, entry(1, "ada", Touch.RUNNING, "P"), entry(2, "", Touch.RUNNING, "P")) is None


def test_a_membership_belongs_to_who_moved_that_agent() -> None:
    joined = field("agents", frozenset({agent("one"), agent("two")}), frozenset({agent("one")}))
    right = entry(1, "ada", Touch.MEMBER, "a-2")
    assert author(group("hr"), joined, right, entry(2, "bob", Touch.MEMBER, "a-1")) == Author("ada", right.at)
    left = field("agents", frozenset(), frozenset({agent("one")}))
    assert author(group("hr"), left, entry(3, "cy", Touch.GROUP, "g", "agents")) is not None
    assert author(group("hr"), left, entry(3, "cy", Touch.GROUP, "g", "displayname")) is None


def test_what_the_log_never_tells_of_has_no_author() -> None:
    everything = [entry(1, "ada", touch, live_id) for touch in Touch for live_id in ("G", "P", "R")]
    assert author(UPDATER, field("window.start"), *everything) is None
    assert author(app("unbound"), field("job.enabled"), *everything) is None
    assert author(group("unbound"), field("displayName"), *everything) is None
