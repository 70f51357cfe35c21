"""Settings and secrets are one list: order kept, secrets never given back, keys by case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.synchronization.credentials import (
    KEYS,
    Credential,
    is_usable,
    read_credentials,
    written,
)
from reconciler.emulator.synchronization.document.fault import DocumentFault

STORED = (
    Credential("BaseAddress", "https://a.example/scim"),
    Credential("SecretToken", "geheim"),
    Credential("SyncAll", "false"),
)


def put(sent: list[tuple[str, str]], *, merge: bool = False, keep_masked: bool = True) -> list[tuple[str, str]]:
    after = written(STORED, tuple(Credential(*pair) for pair in sent), merge=merge, keep_masked=keep_masked)
    return [(credential.key, credential.value) for credential in after]


def test_replacing_keeps_what_was_sent_in_the_order_sent() -> None:
    assert put([("SyncAll", "true"), ("BaseAddress", "x")]) == [("SyncAll", "true"), ("BaseAddress", "x")]


def test_merging_keeps_what_was_not_sent_in_its_place() -> None:
    assert put([("SyncAll", "true"), ("AppKey", "k")], merge=True) == [
        ("BaseAddress", "https://a.example/scim"),
        ("SecretToken", "geheim"),
        ("SyncAll", "true"),
        ("AppKey", "k"),
    ]


@pytest.mark.parametrize("merge", [True, False])
def test_an_empty_value_removes_its_key(merge: bool) -> None:
    assert "SecretToken" not in dict(put([("SecretToken", ""), ("SyncAll", "x")], merge=merge))


def test_the_mask_is_kept_or_written_as_the_switch_says() -> None:
    assert put([("SecretToken", "*")], keep_masked=True) == [("SecretToken", "geheim")]
    assert put([("SecretToken", "*")], keep_masked=False) == [("SecretToken", "*")]
    assert put([("AppKey", "*")], keep_masked=True) == []
    assert put([("SyncAll", "*")], keep_masked=True) == [("SyncAll", "*")]


def test_secrets_read_back_as_the_mask_and_settings_in_clear() -> None:
    assert [credential.shown() for credential in STORED] == ["https://a.example/scim", "*", "false"]
    assert "geheim" not in repr(STORED)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        "x",
        [1],
        [{"key": "secretToken", "value": "geheim"}],
        [{"key": "Nope", "value": "geheim"}],
        [{"value": "geheim"}],
        [{"key": None, "value": "geheim"}],
        [{"key": "SecretToken", "value": ["geheim"]}],
        [{"key": "SecretToken", "value": "geheim"}, {"key": "SecretToken", "value": "geheim"}],
    ],
)
def test_a_list_that_is_none_is_refused_without_showing_a_value(sent: object) -> None:
    with pytest.raises(DocumentFault) as refused:
        read_credentials(sent)
    assert "geheim" not in refused.value.message


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("https://localhost:8585/ecma2host_HR/scim", True),
        ("", False),
        ("localhost", False),
        ("ftp://x", False),
        ("http://[", False),
    ],
)
def test_a_tenant_url_has_to_be_one(address: str, usable: bool) -> None:
    assert is_usable((Credential("BaseAddress", address),)) is usable


def test_a_mask_that_was_written_as_a_token_opens_nothing() -> None:
    assert is_usable((*STORED, Credential("SyncNotificationSettings", "*")))
    assert not is_usable((STORED[0], Credential("SecretToken", "*")))


lists = st.lists(
    st.builds(Credential, st.sampled_from(sorted(KEYS)), st.text(min_size=1, max_size=4)),
    unique_by=lambda c: c.key,
    max_size=6,
).map(tuple)


@given(lists, lists, st.booleans())
def test_what_was_put_is_read_in_the_order_sent(
    before: tuple[Credential, ...], sent: tuple[Credential, ...], keep: bool
) -> None:
    plain = tuple(credential for credential in sent if credential.value != "*")
    assert written(before, plain, merge=False, keep_masked=keep) == plain
    merged = written(before, plain, merge=True, keep_masked=keep)
    assert {c.key: c.value for c in merged} == {**{c.key: c.value for c in before}, **{c.key: c.value for c in plain}}
