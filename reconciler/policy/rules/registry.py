"""The table of rules, and the judgements over it: of a spec alone, with what is live and was applied, of secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.spec import Policy, Spec
from reconciler.model.states import AppliedState, LiveState
from reconciler.policy.rules import (
    epr001_one_group_per_app,
    epr002_agent_in_a_group,
    epr003_group_fits_profile,
    epr004_distinct_egress,
    epr005_agent_serves_apps_only,
    epr006_connector_names_are_unique,
    epr007_tenant_url,
    epr008_secret_tokens,
    epr009_matching,
    epr010_placeholder,
    epr014_connector_attributes,
    epr015_soft_deletion,
    epr016_scope_change,
    epr017_deletions_are_told,
    epr021_proxy_address,
    epr022_one_proxy_per_site,
    epr026_app_is_served,
    epr027_job_runs,
    epr240_protection_follows_renames,
    epr241_default_group,
    epr242_previous_key,
    epr243_previous_name,
    epr244_group_names,
    epr245_machine_names,
    epr246_resource_names,
    epr247_principals,
    epr248_standby_is_no_member,
    epr249_profile_exists,
    epr250_loopback_connector,
    epr251_weights,
    epr410_agent_is_active,
    epr426_version_goes_up,
    epr511_mapping_tests,
)

Check = Callable[[Spec], Iterator[Finding]]
LiveCheck = Callable[[Spec, LiveState], Iterator[Finding]]


class DeclaredRule(Struct, frozen=True):
    """A rule that the spec alone decides."""

    rule: Rule
    check: Check


class LiveRule(Struct, frozen=True):
    """A rule that needs to know what is live. Its findings are warnings: guards stop a plan that makes things worse."""

    rule: Rule
    check: LiveCheck


_DECLARED = tuple(
    DeclaredRule(module.RULE, module.check)
    for module in (
        epr001_one_group_per_app,
        epr002_agent_in_a_group,
        epr003_group_fits_profile,
        epr004_distinct_egress,
        epr005_agent_serves_apps_only,
        epr006_connector_names_are_unique,
        epr007_tenant_url,
        epr008_secret_tokens,
        epr009_matching,
        epr010_placeholder,
        epr014_connector_attributes,
        epr015_soft_deletion,
        epr016_scope_change,
        epr017_deletions_are_told,
        epr021_proxy_address,
        epr022_one_proxy_per_site,
        epr026_app_is_served,
        epr240_protection_follows_renames,
        epr241_default_group,
        epr242_previous_key,
        epr243_previous_name,
        epr244_group_names,
        epr245_machine_names,
        epr246_resource_names,
        epr247_principals,
        epr248_standby_is_no_member,
        epr249_profile_exists,
        epr250_loopback_connector,
        epr511_mapping_tests,
    )
)

LIVE_RULES: tuple[LiveRule, ...] = tuple(
    LiveRule(replace(module.RULE, severity=Severity.WARNING), module.check_live)
    for module in (
        epr003_group_fits_profile,
        epr010_placeholder,
        epr014_connector_attributes,
        epr015_soft_deletion,
        epr016_scope_change,
        epr017_deletions_are_told,
        epr026_app_is_served,
        epr027_job_runs,
        epr410_agent_is_active,
    )
)

_JUDGED = (
    *(each.rule for each in _DECLARED),
    *(each.rule for each in LIVE_RULES),
    epr251_weights.RULE,
    epr426_version_goes_up.RULE,
)
_WEIGHABLE = frozenset(rule.id for rule in _JUDGED if not rule.fixed)
_FIXED = epr251_weights.FIXED | {rule.id for rule in _JUDGED if rule.fixed}

RULES: tuple[DeclaredRule, ...] = (
    *_DECLARED,
    DeclaredRule(epr251_weights.RULE, partial(epr251_weights.check, weighable=_WEIGHABLE, fixed=_FIXED)),
)
_WEIGHTS = {"error": Severity.ERROR, "warn": Severity.WARNING}


def judge(spec: Spec) -> tuple[Finding, ...]:
    """Everything that the rules find in a spec, sorted, with the weights that its policy gives to single rules."""
    found = (finding for declared in RULES for finding in declared.check(spec))
    return in_order(weighed(found, spec.policy))


def judge_live(spec: Spec, live: LiveState, applied: AppliedState) -> tuple[Finding, ...]:
    """What the rules find that need what is live and what was applied, sorted and weighed.

    At most warnings, unless the policy says more.
    """
    found = (finding for rule in LIVE_RULES for finding in rule.check(spec, live))
    warned = (replace(finding, severity=Severity.WARNING) for finding in found)
    return in_order(weighed((*warned, *epr426_version_goes_up.check(spec, applied)), spec.policy))


def judge_secrets(spec: Spec, values: Mapping[Address, tuple[SecretSource, SecretText]]) -> tuple[Finding, ...]:
    """What rule 8 finds in the tokens that an apply has read, by app. Needed before its first call."""
    return in_order(weighed(epr008_secret_tokens.check_values(spec, values), spec.policy))


def weighed(findings: Iterable[Finding], policy: Policy) -> Iterator[Finding]:
    """The findings with the severities of `policy.rules`, without those that it ignores. Other rules keep theirs."""
    for finding in findings:
        weight = policy.rules.get(finding.rule) if finding.rule in _WEIGHABLE else None
        if weight != "ignore":
            yield replace(finding, severity=_WEIGHTS[weight]) if weight else finding
