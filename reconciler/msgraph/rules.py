"""The rules about talking to the service."""

from __future__ import annotations

from reconciler.model.rule import Rule

CALL_FAILED = Rule(
    "EPR430",
    "Calls to the service succeed",
    "What could not be read is unknown, and what could not be written is not done.",
)
BUDGET_SPENT = Rule(
    "EPR431",
    "The calls of a run stay within the budget that the user set",
    "A service that is down or throttles for hours must not hold a pipeline for hours.",
)
LEAVES_ENDPOINT = Rule(
    "EPR432",
    "No answer leads away from the endpoint",
    "A link, a redirect or a reference to another origin would carry the token out of its cloud.",
)

WRONG_TENANT = Rule(
    "EPR433",
    "A token belongs to the tenant that the spec names",
    "A plan of one tenant that is applied to another changes what nobody looked at.",
)
UNDECIDED = Rule(
    "EPR434",
    "An app has one job that is meant",
    "Writing to the wrong one of several jobs, or creating one of the wrong template, provisions the wrong people.",
)

NO_TOKEN = Rule(
    "EPR435",
    "Somebody can sign in for every chosen surface",
    "Without a token nothing of the surface can be read, and a plan without it would be a guess.",
)

RULES = (CALL_FAILED, BUDGET_SPENT, LEAVES_ENDPOINT, WRONG_TENANT, UNDECIDED, NO_TOKEN)
