"""A digest tells whether a secret changed, and nothing else."""

from __future__ import annotations

import pytest

from reconciler.ledger.fingerprint import fingerprint, fits
from reconciler.model.secret import SecretText

SALT, OTHER = "00" * 16, "ff" * 16
SECRET = SecretText("correct horse battery")


def test_a_digest_fits_its_secret_and_no_other():
    digest = fingerprint(SECRET, SALT)
    assert fits(SECRET, digest) is True
    assert fits(SecretText("correct horse batterz"), digest) is False


def test_a_digest_is_salted_and_does_not_show_its_secret():
    assert fingerprint(SECRET, SALT) != fingerprint(SECRET, OTHER)
    assert "horse" not in fingerprint(SECRET, SALT)


@pytest.mark.parametrize(
    "digest",
    ["", "sha256:00", f"scrypt:15:8:1:{SALT}:{'0' * 64}", f"scrypt:999999999:8:1:{SALT}:{'0' * 64}", "scrypt:16384"],
)
def test_a_digest_of_a_form_that_is_not_ours_says_nothing(digest):
    assert fits(SECRET, digest) is None


def test_a_secret_may_hold_any_text():
    odd = SecretText("\ud800\0é")
    assert fits(odd, fingerprint(odd, SALT)) is True
