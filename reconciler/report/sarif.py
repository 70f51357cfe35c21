"""Findings as SARIF 2.1.0, which code scanning opens at the line in the diff."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.values import Json
from reconciler.report.terminal import escape

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT_FILE = "reconciler.yaml"
"""Where a finding that has no place is shown: code scanning refuses results without one."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")


def findings_sarif(
    findings: Iterable[Finding], rules: Mapping[str, Rule], *, folder: str = "", refused: str = ""
) -> str:
    """The findings as one SARIF log.

    `rules` are all rules by id, `folder` is the spec's directory as seen from the root of its repository, and `refused`
    says why the run could not do what it was asked for, where it could not.
    """
    found = in_order(findings)
    used = sorted({finding.rule for finding in found})
    numbers = {rule: number for number, rule in enumerate(used)}
    driver = {
        "name": "reconciler",
        "semanticVersion": __version__,
        "rules": [_rule(rules[rule]) for rule in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(refused)],
        "results": list(_results(found, numbers, folder)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _invocation(refused: str) -> Mapping[str, Json]:
    """That the run came to its end, or why it did not. Errors in what it looked at are no failure of the run."""
    if not refused:
        return {"executionSuccessful": True}
    notification: Json = {"level": "error", "message": _message(refused)}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notification]}


def _rule(rule: Rule) -> Mapping[str, Json]:
    """What a reader gets of a rule: what it asks for, why, and the page that its fact comes from."""
    source = f"\n\nSource: {rule.page}" if rule.page else ""
    document: dict[str, Json] = {
        "id": rule.id,
        "shortDescription": _message(rule.title),
        "fullDescription": _message(rule.why),
        "help": {"text": f"{rule.why}{source}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return {**document, "helpUri": rule.page} if rule.page else document


def _results(findings: Iterable[Finding], numbers: Mapping[str, int], folder: str) -> Iterator[Mapping[str, Json]]:
    seen: Counter[str] = Counter()
    for finding in findings:
        mark = _fingerprint(finding)
        seen[mark] += 1
        location: dict[str, Json] = {"physicalLocation": _physical(finding.place, folder)}
        if finding.address:
            location["logicalLocations"] = [{"fullyQualifiedName": escape(finding.address)}]
        result: dict[str, Json] = {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": _message(_told(finding)),
            "locations": [location],
            "partialFingerprints": {"reconcilerFinding/v1": f"{mark}:{seen[mark]}"},
        }
        if finding.related:
            result["relatedLocations"] = [
                {"id": number, "physicalLocation": _physical(other.place, folder), "message": _message(other.message)}
                for number, other in enumerate(finding.related, start=1)
            ]
        yield result


def _told(finding: Finding) -> str:
    """The whole finding as a sentence or two: a viewer shows nothing else of it beside the line."""
    remarks = (("found", finding.found), ("expected", finding.expected), ("nearest", finding.suggestion))
    said = "".join(f"; {label}: {text}" for label, text in remarks if text)
    return f"{finding.message}{said}{f'. {finding.hint}' if finding.hint else ''}"


def _message(text: str) -> Mapping[str, Json]:
    """A message object: a text in which nothing is a link (`[text](target)`) or a placeholder (`{0}`)."""
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", escape(text)).replace("](", "\\](")}


def _physical(place: Place | None, folder: str) -> Mapping[str, Json]:
    file = place.file if place else ROOT_FILE
    path = f"{folder}/{file}" if folder else file
    uri = quote(path, safe="/", errors="surrogatepass")
    return {"artifactLocation": {"uri": uri}, "region": _region(place) if place else {"startLine": 1}}


def _region(place: Place) -> Mapping[str, Json]:
    """Where a place stands; its end only where that comes after its start, as the format asks."""
    start: dict[str, Json] = {"startLine": place.line, "startColumn": place.column}
    if (place.end_line, place.end_column) <= (place.line, place.column):
        return start
    return {**start, "endLine": place.end_line, "endColumn": place.end_column}


def _fingerprint(finding: Finding) -> str:
    """What a finding is known by when lines move: its rule, its thing, its file and what it says, not its line."""
    file = finding.place.file if finding.place else ""
    told = "\0".join((finding.rule, finding.address, file, finding.message))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
