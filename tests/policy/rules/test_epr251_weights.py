"""EPR251: the weights that a policy gives to rules have an effect."""

import pytest

from reconciler.model.finding import Finding, Severity
from reconciler.policy.rules.registry import judge
from tests.policy.rules.specs import sound, with_policy


def found(*rules: str) -> list[Finding]:
    return list(judge(with_policy(sound(), rules=dict.fromkeys(rules, "ignore"))))


@pytest.mark.parametrize("rule", ["EPR001", "EPR002", "EPR005", "EPR006", "EPR025", "EPR026", "EPR244", "EPR301"])
def test_rules_that_keep_their_weight(rule: str) -> None:
    (finding,) = found(rule)
    assert (finding.severity, finding.found) == (Severity.WARNING, f"{rule}: ignore")
    assert "keeps its weight" in finding.message


@pytest.mark.parametrize(("rule", "nearest"), [("EPR000", "EPR010"), ("EPR4100", "EPR410"), ("EPR999", "EPR009")])
def test_rules_that_do_not_exist_get_the_nearest_one_that_does(rule: str, nearest: str) -> None:
    (finding,) = found(rule)
    assert f"there is no rule {rule}" in finding.message
    assert finding.suggestion == nearest


def test_a_service_rule_that_nothing_decides_yet_is_told_as_such() -> None:
    (finding,) = found("EPR013")
    assert finding.message == "policy.rules: this version does not decide EPR013"


def test_rules_whose_weight_can_be_chosen() -> None:
    assert not found(
        "EPR003",
        "EPR004",
        "EPR007",
        "EPR008",
        "EPR009",
        "EPR010",
        "EPR014",
        "EPR022",
        "EPR027",
        "EPR250",
        "EPR410",
        "EPR426",
    )
