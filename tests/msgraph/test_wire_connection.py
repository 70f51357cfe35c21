"""The one list of settings and tokens: what it says, and that writing it loses nothing."""

from __future__ import annotations

import json

import pytest

from reconciler.model.cells import ABSENT, Known, Reason, Unreadable
from reconciler.model.secret import SecretText
from reconciler.msgraph.wire.connection import (
    SecretWouldBeLost,
    Setting,
    connection_cells,
    rewritten,
    settings_in,
    write_request,
)
from reconciler.msgraph.wire.decoding import Malformed


def live(**texts: str) -> tuple[Setting, ...]:
    return tuple(Setting(key, text) for key, text in texts.items())


def as_texts(settings):
    return {
        setting.key: setting.value.reveal() if isinstance(setting.value, SecretText) else setting.value
        for setting in settings
    }


def test_the_list_fills_every_cell():
    notify = json.dumps(
        {"Enabled": True, "Recipients": "iam@x.com", "DeleteThresholdEnabled": True, "DeleteThresholdValue": 50}
    )
    cells = connection_cells(
        live(
            BaseAddress="https://h/scim",
            SecretToken="*",
            SyncAll="False",
            SkipOutOfScopeDeletions="true",
            SyncNotificationSettings=notify,
        )
    )
    assert cells == {
        "connector.url": Known("https://h/scim"),
        "connector.secretToken": Unreadable(Reason.MASKED),
        "connector.compatibilityKey": ABSENT,
        "provisioning.scope": Known("assigned"),
        "provisioning.skipOutOfScopeDeletions": Known(value=True),
        "provisioning.notify": Known("iam@x.com"),
        "provisioning.deleteThreshold": Known(50),
    }


def test_what_the_list_does_not_hold_is_absent():
    assert set(connection_cells(live(BaseAddress="")).values()) == {ABSENT}


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ('{"DeleteThresholdEnabled": "True", "DeleteThresholdValue": "7"}', Known(7)),
        ('{"DeleteThresholdEnabled": true, "DeleteThresholdValue": 7.0}', Known(7)),
        ('{"DeleteThresholdEnabled": false, "DeleteThresholdValue": 7}', ABSENT),
        ('{"DeleteThresholdEnabled": true}', ABSENT),
    ],
)
def test_a_threshold_is_read_in_every_form_that_occurs(text, threshold):
    assert connection_cells(live(SyncNotificationSettings=text))["provisioning.deleteThreshold"] == threshold


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[1]",
        "[" * 100_000,
        '{"DeleteThresholdEnabled": true, "DeleteThresholdValue": [1]}',
        '{"DeleteThresholdEnabled": true, "DeleteThresholdValue": 1.5}',
        '{"DeleteThresholdEnabled": true, "DeleteThresholdValue": 1e999}',
    ],
)
def test_strange_notification_settings_are_unreadable_and_spoil_nothing_else(text):
    cells = connection_cells(live(SyncNotificationSettings=text, SyncAll="True"))
    assert isinstance(cells["provisioning.deleteThreshold"], Unreadable)
    assert cells["provisioning.scope"] == Known("all")


def test_a_switch_that_is_neither_on_nor_off_is_unreadable_and_spoils_nothing_else():
    cells = connection_cells(live(SyncAll="perhaps", SkipOutOfScopeDeletions="", BaseAddress="https://h"))
    assert cells["provisioning.scope"] == Unreadable(Reason.FAILED, "neither True nor False: perhaps")
    assert cells["provisioning.skipOutOfScopeDeletions"] == ABSENT
    assert cells["connector.url"] == Known("https://h")


def test_a_setting_that_the_service_hides_is_masked_and_not_absent():
    cells = connection_cells(live(BaseAddress="*", ClientSecret="*"))
    assert cells["connector.url"] == Unreadable(Reason.MASKED) == cells["ClientSecret"]


def test_a_token_that_is_taken_away_is_sent_empty_and_reads_back_as_none():
    entries = rewritten(live(BaseAddress="x", SecretToken="*"), {"connector.secretToken": None}, {})
    assert as_texts(entries) == {"BaseAddress": "x", "SecretToken": ""}
    for shown in (entries, live(BaseAddress="x")):
        assert connection_cells(shown)["connector.secretToken"] == ABSENT


def test_a_token_that_the_service_shows_is_masked_all_the_same():
    assert connection_cells(live(SecretToken="open"))["connector.secretToken"] == Unreadable(Reason.MASKED)


def test_a_write_sends_every_key_that_live_holds_in_its_order():
    entries = rewritten(
        live(Odd="1", BaseAddress="old", SecretToken="*", SyncAll="True"),
        {"connector.url": "new", "provisioning.scope": "assigned", "provisioning.skipOutOfScopeDeletions": True},
        {"connector.secretToken": SecretText("t")},
    )
    assert list(as_texts(entries).items()) == [
        ("Odd", "1"),
        ("BaseAddress", "new"),
        ("SecretToken", "t"),
        ("SyncAll", "False"),
        ("SkipOutOfScopeDeletions", "True"),
    ]


def test_members_of_the_notification_settings_that_nobody_manages_stay():
    before = '{"Enabled": false, "Recipients": "a", "Odd": [1]}'
    entries = rewritten(
        live(SyncNotificationSettings=before),
        {"provisioning.deleteThreshold": 9, "provisioning.notify": "b"},
        {},
    )
    assert json.loads(as_texts(entries)["SyncNotificationSettings"]) == {
        "Enabled": True,
        "Recipients": "b",
        "Odd": [1],
        "DeleteThresholdEnabled": True,
        "DeleteThresholdValue": 9,
    }
    cleared = rewritten(entries, {"provisioning.deleteThreshold": None}, {})
    assert connection_cells(cleared)["provisioning.deleteThreshold"] == ABSENT
    assert connection_cells(cleared)["provisioning.notify"] == Known("b")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("connector.url", "https://h"),
        ("provisioning.scope", "all"),
        ("provisioning.scope", "assigned"),
        ("provisioning.deleteThreshold", 3),
        ("provisioning.notify", "x@y"),
        ("provisioning.skipOutOfScopeDeletions", False),
    ],
)
def test_what_is_written_is_what_is_read(key, value):
    assert connection_cells(rewritten((), {key: value}, {}))[key] == Known(value)


def test_a_hidden_value_that_nobody_declares_refuses_the_write():
    with pytest.raises(SecretWouldBeLost, match="ClientSecret, SecretToken"):
        rewritten(live(SecretToken="*", ClientSecret="*"), {"connector.url": "x"}, {})


def test_a_compatibility_key_is_sent_as_declared_where_it_is_hidden_and_as_read_where_it_is_shown():
    hidden, shown = live(SyncAgentCompatibilityKey="*"), live(SyncAgentCompatibilityKey="v1")
    assert connection_cells(hidden)["connector.compatibilityKey"] == Unreadable(Reason.MASKED)
    assert connection_cells(shown)["connector.compatibilityKey"] == Known("")
    assert connection_cells(())["connector.compatibilityKey"] == ABSENT
    given = {"connector.compatibilityKey": SecretText("mine")}
    assert as_texts(rewritten(hidden, {}, given)) == {"SyncAgentCompatibilityKey": "mine"}
    assert as_texts(rewritten(shown, {}, {})) == {"SyncAgentCompatibilityKey": "v1"}


def test_settings_that_cannot_be_kept_refuse_the_write():
    with pytest.raises(Malformed):
        rewritten(live(SyncNotificationSettings="{"), {"provisioning.notify": "x"}, {})


def test_a_part_of_the_list_is_not_taken_for_the_whole():
    with pytest.raises(Malformed):
        settings_in(b'{"value": [], "@odata.nextLink": "https://x/y"}')


def test_no_value_of_the_list_is_ever_printed():
    request = write_request("p", rewritten(live(Odd="visible"), {}, {"connector.secretToken": SecretText("hidden")}))
    assert "hidden" not in repr(request)
    assert "visible" not in repr(Setting("Odd", "visible"))
