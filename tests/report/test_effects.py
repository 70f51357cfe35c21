"""What could go wrong with a change is told in the direction of the change."""

from __future__ import annotations

import pytest

from reconciler.model.address import app
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.report.effects import risks


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("assigned", "all", "everybody in the directory gets an account"),
        ("all", "assigned", "who is not assigned is disabled or deleted"),
    ],
)
def test_a_change_of_scope_is_told_in_its_direction(before: str, after: str, words: str) -> None:
    field = FieldChange("provisioning.scope", before, after, Cause.PENDING)
    change = Change(app("crm"), Action.CHANGE, (field,), "the spec changed", "sha256:0")
    told = {risk.short: risk.meaning for risk in risks(change)}
    assert words in told["scope"]
    assert "initial cycle" in told
