"""The judgement over all rules: sorted, weighed by the policy, and one id for each rule."""

from collections import Counter

import pytest

from reconciler.model.address import app
from reconciler.model.finding import Severity, in_order
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import AppliedState
from reconciler.policy.rules.epr251_weights import FIXED
from reconciler.policy.rules.registry import LIVE_RULES, RULES, judge, judge_live, judge_secrets
from tests.policy.rules.specs import build, live, sound, with_policy


def test_a_sound_spec_keeps_every_rule() -> None:
    assert judge(sound()) == ()


def test_everything_is_found_at_once_and_in_order() -> None:
    spec = build(
        agents={"a": {"machineName": "x"}, "b": {"machineName": "X"}},
        groups={"hr": {"displayName": "HR", "agents": ["a"]}},
        apps={"crm": {"resource.resourceName": "crm"}},
    )
    findings = judge(spec)
    assert [finding.rule for finding in findings] == ["EPR002", "EPR245", "EPR001", "EPR003"]
    assert findings == in_order(findings)


@pytest.mark.parametrize(
    ("weight", "severities"), [("error", [Severity.ERROR]), ("warn", [Severity.WARNING]), ("ignore", [])]
)
def test_the_policy_weighs_a_rule(weight: str, severities: list[Severity]) -> None:
    spec = build(groups={"hr": {"agents": ["a"]}})
    findings = judge(with_policy(spec, rules={"EPR003": weight}))
    assert [finding.severity for finding in findings if finding.rule == "EPR003"] == severities


def test_a_fixed_rule_keeps_its_weight_and_the_attempt_is_reported() -> None:
    spec = build(groups={"hr": {}}, apps={"crm": {"resource.resourceName": "crm"}})
    findings = judge(with_policy(spec, rules={"EPR001": "ignore"}))
    assert [(each.rule, each.severity) for each in findings] == [
        ("EPR001", Severity.ERROR),
        ("EPR251", Severity.WARNING),
    ]


def test_what_only_live_tells_is_a_warning() -> None:
    findings = judge_live(
        sound(), live({"ams-1": "inactive", "fra-1": "inactive", "lon-1": "inactive"}), AppliedState()
    )
    assert [each.rule for each in findings if each.rule != "EPR410"] == ["EPR026"]
    assert {each.severity for each in findings} == {Severity.WARNING}
    findings = judge_live(sound(), live({"ams-1": "inactive", "fra-1": "inactive", "lon-1": "active"}), AppliedState())
    assert [each.rule for each in findings if each.rule != "EPR410"] == ["EPR003"]
    assert [each.address for each in findings if each.rule == "EPR410"] == ["agent/ams-1", "agent/fra-1"]


def test_all_agents_active_is_fine() -> None:
    assert judge_live(sound(), live(dict.fromkeys(("ams-1", "fra-1", "lon-1"), "active")), AppliedState()) == ()


def test_secrets_are_judged_with_the_policys_weight() -> None:
    values = {app("hr-sql"): (SecretSource(1, env="T"), SecretText("short"))}
    (finding,) = judge_secrets(sound(), values)
    assert finding.severity is Severity.ERROR
    assert judge_secrets(with_policy(sound(), rules={"EPR008": "ignore"}), values) == ()


def test_each_rule_has_one_id_and_says_why_it_exists() -> None:
    assert not [rule for rule, times in Counter(each.rule.id for each in RULES).items() if times > 1]
    assert all(each.rule.title and each.rule.why.endswith(".") for each in RULES)


def test_service_rules_name_the_page_that_they_come_from() -> None:
    service = [each.rule for each in RULES if each.rule.id < "EPR100"]
    assert all(rule.page.startswith("https://learn.microsoft.com/") for rule in service)


def test_the_rules_that_nobody_may_weigh_are_the_fixed_ones() -> None:
    service = {each.rule.id: each.rule.fixed for each in (*RULES, *LIVE_RULES) if each.rule.id < "EPR100"}
    assert {rule for rule, fixed in service.items() if fixed} == FIXED & set(service)
