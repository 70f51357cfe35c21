"""EPR426: a version that went down has no effect, and is told."""

import pytest

from reconciler.model.address import app
from reconciler.model.cells import Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, Thing
from reconciler.policy.rules.epr426_version_goes_up import check
from tests.policy.rules.specs import build, place_of

TOKEN = "connector.secretToken"


def found(declared: int, written: int) -> list[Finding]:
    spec = build(apps={"crm": {TOKEN: SecretSource(declared, env="CRM")}})
    applied = Thing(app("crm"), {TOKEN: Value(SecretSource(written, env="CRM"))})
    return list(check(spec, AppliedState({app("crm"): applied})))


def test_a_version_below_the_one_that_was_written_is_found_where_the_spec_says_it() -> None:
    (finding,) = found(2, 5)
    assert (finding.severity, finding.address) == (Severity.WARNING, "app/crm")
    assert finding.place == place_of(app("crm"), TOKEN)
    assert "6" in finding.hint


@pytest.mark.parametrize("declared", [5, 6])
def test_a_version_that_stays_or_goes_up_passes(declared: int) -> None:
    assert not found(declared, 5)


def test_a_secret_that_was_never_written_passes() -> None:
    assert not list(check(build(apps={"crm": {TOKEN: SecretSource(1, env="CRM")}}), AppliedState()))
