"""Connection settings and secrets are one list: what is due, what is carried along, and what may not be written."""

from __future__ import annotations

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Unreadable
from reconciler.model.plan import Cause
from reconciler.model.secret import SecretSource
from reconciler.model.steps import WriteConnection
from tests.plan.worlds import CLEAR, FAILED, MASKED, World, live_app, wanted_app

P = app("p")
TOKEN, KEY = "connector.secretToken", "connector.compatibilityKey"
ONE, TWO = SecretSource(1, env="TOKEN"), SecretSource(2, env="TOKEN")


def test_a_secret_that_was_never_set_is_due() -> None:
    here = World(wanted_app("p", connector__secretToken=ONE), live_app("p", connector__secretToken=MASKED))
    assert here.steps() == (WriteConnection(P, {}, {TOKEN: ONE}, {}),)


def test_a_secret_is_due_when_its_version_is_ahead() -> None:
    here = World(
        wanted_app("p", connector__secretToken=TWO), live_app("p", connector__secretToken=MASKED), {P: {TOKEN: ONE}}
    )
    (field,) = here.the_change().fields
    assert (field.before, field.after, field.cause) == (ONE, TWO, Cause.PENDING)


@pytest.mark.parametrize("declared", [ONE, TWO])
def test_a_secret_whose_version_was_written_is_unverifiable_never_in_sync(declared: SecretSource) -> None:
    here = World(
        wanted_app("p", connector__secretToken=declared),
        live_app("p", connector__secretToken=MASKED),
        {P: {TOKEN: TWO}},
    )
    assert here.diff().changes == ()
    assert here.diff().in_sync == 0
    assert [(unknown.key, unknown.cell) for unknown in here.diff().unverifiable] == [(TOKEN, MASKED)]


def test_a_secret_that_the_service_shows_is_still_unverifiable() -> None:
    here = World(
        wanted_app("p", connector__secretToken=ONE), live_app("p", connector__secretToken=""), {P: {TOKEN: ONE}}
    )
    assert [unknown.cell for unknown in here.diff().unverifiable] == [MASKED]


def test_a_secret_that_the_list_lost_is_written_again() -> None:
    here = World(wanted_app("p", connector__secretToken=ONE), live_app("p"), {P: {TOKEN: ONE}})
    (field,) = here.the_change().fields
    assert (field.before, field.after, field.cause) == (None, ONE, Cause.DRIFT)


def test_a_secret_of_an_unread_list_is_not_due() -> None:
    here = World(wanted_app("p", connector__secretToken=ONE), live_app("p", connector__secretToken=FAILED))
    assert here.diff().changes == ()
    assert [unknown.cell for unknown in here.diff().unverifiable] == [FAILED]


@pytest.mark.parametrize("written", [None, TWO])
def test_a_token_that_is_cleared_is_taken_away_whoever_set_it(written: SecretSource | None) -> None:
    here = World(
        wanted_app("p", connector__secretToken=CLEAR),
        live_app("p", connector__secretToken=MASKED),
        {P: {TOKEN: written} if written else {}},
    )
    (field,) = here.the_change().fields
    assert (field.before, field.after, field.cause) == (written, None, Cause.PENDING)
    assert "taken away" in field.lines[0]
    assert here.steps() == (WriteConnection(P, {TOKEN: None}, {}, {}),)


def test_a_token_that_is_cleared_and_not_there_is_in_sync() -> None:
    here = World(wanted_app("p", connector__secretToken=CLEAR), live_app("p"), {P: {TOKEN: ONE}})
    assert (here.diff().changes, here.diff().unverifiable, here.diff().in_sync) == ((), (), 1)


def test_a_token_that_is_cleared_is_not_taken_away_where_the_list_was_not_read() -> None:
    here = World(wanted_app("p", connector__secretToken=CLEAR), live_app("p", connector__secretToken=FAILED))
    assert here.steps() == ()
    assert [unknown.cell for unknown in here.diff().unverifiable] == [FAILED]


def test_taking_a_token_away_loses_no_other_secret() -> None:
    here = World(
        wanted_app("p", connector__secretToken=CLEAR, connector__compatibilityKey=TWO, provisioning__scope="all"),
        live_app(
            "p", connector__secretToken=MASKED, connector__compatibilityKey=MASKED, provisioning__scope="assigned"
        ),
        {P: {TOKEN: ONE, KEY: TWO}},
    )
    settings = {"provisioning.scope": "all", TOKEN: None}
    assert here.steps() == (WriteConnection(P, settings, {KEY: TWO}, {"provisioning.scope": "assigned"}),)


def test_a_write_of_the_list_carries_every_secret_that_live_holds() -> None:
    here = World(
        wanted_app("p", connector__secretToken=ONE, provisioning__deleteThreshold=50, provisioning__notify=CLEAR),
        live_app("p", connector__secretToken=MASKED, provisioning__deleteThreshold=10, provisioning__notify="x@y"),
        {P: {TOKEN: ONE}},
    )
    settings = {"provisioning.deleteThreshold": 50, "provisioning.notify": None}
    before = {"provisioning.deleteThreshold": 10, "provisioning.notify": "x@y"}
    assert here.steps() == (WriteConnection(P, settings, {TOKEN: ONE}, before),)


def test_a_compatibility_key_is_carried_where_live_hides_it_and_left_as_it_is_where_live_shows_it() -> None:
    for shown, carried in ((MASKED, {TOKEN: ONE, KEY: TWO}), ("", {TOKEN: ONE})):
        here = World(
            wanted_app("p", connector__secretToken=ONE, connector__compatibilityKey=TWO, provisioning__scope="all"),
            live_app(
                "p",
                connector__secretToken=MASKED,
                connector__compatibilityKey=shown,
                provisioning__scope="assigned",
            ),
            {P: {TOKEN: ONE, KEY: TWO}},
        )
        (step,) = here.steps()
        assert isinstance(step, WriteConnection)
        assert step.secrets == carried


def test_a_list_without_secrets_is_written_without_any() -> None:
    here = World(wanted_app("p", provisioning__scope="all"), live_app("p", provisioning__scope="assigned"))
    assert here.steps() == (WriteConnection(P, {"provisioning.scope": "all"}, {}, {"provisioning.scope": "assigned"}),)
    assert "initial cycle" in here.the_change().reason


@pytest.mark.parametrize(
    ("key", "way"),
    [
        ("connector__secretToken", "declare where connector.secretToken comes from, or change these settings"),
        ("connector__compatibilityKey", "declare where connector.compatibilityKey comes from, or change these"),
        ("ClientSecret", "would lose: change these settings at the portal"),
    ],
)
def test_a_list_that_holds_an_undeclared_masked_key_is_not_written(key: str, way: str) -> None:
    here = World(
        wanted_app("p", resource__displayName="P", provisioning__scope="all"),
        live_app("p", provisioning__scope="assigned", **{key: MASKED}),
    )
    done, waits = here.diff().changes
    assert [field.key for field in done.fields] == ["resource.displayName"]
    assert [field.key for field in waits.fields] == ["provisioning.scope"]
    assert key.replace("__", ".") in waits.blocked
    assert way in waits.blocked
    assert not [step for step in here.steps() if isinstance(step, WriteConnection)]


def test_an_undeclared_masked_key_blocks_nothing_where_nothing_is_written() -> None:
    here = World(
        wanted_app("p", provisioning__scope="all"),
        live_app("p", provisioning__scope="all", connector__secretToken=MASKED),
    )
    assert here.diff().changes == ()


def test_urls_are_the_same_with_and_without_a_last_slash() -> None:
    here = World(wanted_app("p", connector__url="https://x/scim"), live_app("p", connector__url="https://x/scim/"))
    assert here.diff().changes == ()


def test_settings_that_were_not_read_are_unverifiable_and_not_written() -> None:
    unread = Unreadable(FAILED.reason, "500")
    here = World(wanted_app("p", provisioning__scope="all"), live_app("p", provisioning__scope=unread))
    assert here.steps() == ()
    assert here.diff().unverifiable[0].cell == unread
