"""EPR027: the job of an app runs."""

from reconciler.model.address import app
from reconciler.model.finding import Severity
from tests.policy.rules.written import found_live

A = app("a")


def test_a_job_in_quarantine_is_told_with_the_reason() -> None:
    text = "apps: {a: {job: {enabled: true}}}"
    (finding,) = found_live(
        "EPR027", text, A, job__status="Quarantine", job__quarantine="TooManyDeletes since 2026-11-25T02:15:37Z"
    )
    assert (finding.severity, finding.found) == (Severity.WARNING, "TooManyDeletes")
    assert not found_live("EPR027", text, A, job__status="Active", job__enabled=True)


def test_a_job_that_is_off_is_told_where_nobody_said_so() -> None:
    off = {"job__status": "Paused", "job__enabled": False}
    assert found_live("EPR027", "apps: {a: {job: {template: default}}}", A, **off)
    assert not found_live("EPR027", "apps: {a: {job: {enabled: false}}}", A, **off)
    assert not found_live("EPR027", "apps: {a: {job: {enabled: true}}}", A, **off)
    assert not found_live("EPR027", "apps: {a: {job: {template: default}}}", A, job__enabled=True)


def test_an_app_whose_job_nobody_manages_is_left_alone() -> None:
    assert not found_live("EPR027", "apps: {a: {group: null}}", A, job__status="Quarantine")
