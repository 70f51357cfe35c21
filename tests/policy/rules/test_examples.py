"""The examples that rules show: the failing one breaks the rule, the mended one keeps it and breaks nothing else."""

import pytest

from reconciler.cli.rulebook import rulebook
from reconciler.model.rule import Example, Rule
from tests.policy.rules.written import faults

SHOWN = [rule for rule in rulebook().values() if rule.example]


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_an_example_breaks_its_rule_and_is_mended(rule: Rule) -> None:
    assert rule.example is not None
    failing = {finding.rule for finding in faults(rule.example.failing)}
    mended = {finding.rule for finding in faults(rule.example.mended)}
    assert rule.id in failing
    assert rule.id not in mended
    assert mended <= failing


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_an_example_fits_a_terminal(rule: Rule) -> None:
    assert isinstance(rule.example, Example)
    for text in (rule.example.failing, rule.example.mended):
        lines = text.split("\n")
        assert len(lines) <= 20
        assert max(map(len, lines)) <= 100
