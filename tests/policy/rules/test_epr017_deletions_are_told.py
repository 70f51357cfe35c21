"""EPR017: somebody is told when deletions are held back."""

import pytest

from reconciler.model.address import app
from tests.policy.rules.written import found, found_live


def spec(provisioning: str) -> str:
    return f"apps: {{a: {{provisioning: {{{provisioning}}}}}}}"


def test_a_threshold_whose_address_is_taken_away_is_a_warning_at_the_address() -> None:
    (finding,) = found("EPR017", spec("deleteThreshold: 5, notify: null"))
    assert finding.place is not None
    assert finding.place.column == 1 + spec("deleteThreshold: 5, notify: null").index("notify")


@pytest.mark.parametrize(
    "rest", ["deleteThreshold: 5, notify: a@b", "deleteThreshold: 5", "deleteThreshold: null, notify: null"]
)
def test_what_is_told_or_unmanaged_is_fine(rest: str) -> None:
    assert not found("EPR017", spec(rest))


def test_the_address_may_stand_at_the_service() -> None:
    (finding,) = found_live("EPR017", spec("deleteThreshold: 5"), app("a"))
    assert finding.address == "app/a"
    assert not found_live("EPR017", spec("deleteThreshold: 5"), app("a"), provisioning__notify="a@b")
    assert found_live("EPR017", spec("notify: null"), app("a"), provisioning__deleteThreshold=5)
    assert not found_live("EPR017", spec("notify: null"), app("a"))
