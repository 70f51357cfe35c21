"""EPR251: the weights that a policy gives to rules have an effect."""

import pytest

from reconciler.model.finding import Finding, Severity
from reconciler.model.spec import Policy
from reconciler.policy.rules.epr251_weights import check
from tests.policy.rules.specs import build, sound


def found(*rules: str) -> list[Finding]:
    return list(check(build(policy=Policy(rules=dict.fromkeys(rules, "ignore")))))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("rule", ["EPR001", "EPR002", "EPR005", "EPR006", "EPR025", "EPR026", "EPR301"])
def test_rules_that_keep_their_weight(rule: str) -> None:
    (finding,) = found(rule)
    assert (finding.severity, finding.found) == (Severity.WARNING, f"{rule}: ignore")
    assert "keeps its weight" in finding.message


@pytest.mark.parametrize("rule", ["EPR000", "EPR029", "EPR099"])
def test_rules_that_do_not_exist(rule: str) -> None:
    (finding,) = found(rule)
    assert f"there is no rule {rule}" in finding.message


def test_rules_whose_weight_can_be_chosen() -> None:
    assert not found("EPR003", "EPR014", "EPR028", "EPR250")
