"""Rules by which calls go wrong on purpose.

A rule names calls by method and a pattern of their path, says on which of them it strikes, and what happens then. The
first rule that strikes decides. Items of a `$batch` are calls too; what can only befall a connection does not befall
them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from random import Random
from shlex import shlex
from typing import Any

from reconciler.emulator.errors import Json
from reconciler.emulator.ports import Ids
from reconciler.emulator.switches import camel


class FaultKind(StrEnum):
    """What happens to a call."""

    STATUS = "status"
    DROP_BEFORE = "dropBefore"
    DROP_AFTER = "dropAfter"
    TRUNCATE = "truncate"
    SLOW = "slow"
    WRONG_JSON = "wrongJson"
    BROKEN_JSON = "brokenJson"
    WRONG_TYPE = "wrongType"
    EMPTY_LIST = "emptyList"
    DUPLICATE = "duplicate"


EXPLAINED = {
    FaultKind.STATUS: "answers with `status`, `body` or `text`, and `retryAfter`; the request is not executed",
    FaultKind.DROP_BEFORE: "closes the connection; the request is not executed",
    FaultKind.DROP_AFTER: "executes the request, then closes the connection without an answer",
    FaultKind.TRUNCATE: "executes the request, sends half of the answer and closes the connection",
    FaultKind.SLOW: "executes the request, then sends the answer in pieces over `seconds`",
    FaultKind.WRONG_JSON: "executes the request, then answers with JSON of another shape",
    FaultKind.BROKEN_JSON: "executes the request, then answers with half a JSON text of the right length",
    FaultKind.WRONG_TYPE: "executes the request, then calls its answer `text/html`",
    FaultKind.EMPTY_LIST: "executes the request, then answers with an empty list and no nextLink",
    FaultKind.DUPLICATE: "executes the request twice and answers with the second answer",
}
"""What each kind does, for the page of the emulator."""

_LEAST_STATUS, _MOST_STATUS = 200, 599

ON_ITEMS = frozenset(
    {
        FaultKind.STATUS,
        FaultKind.DROP_BEFORE,
        FaultKind.DROP_AFTER,
        FaultKind.WRONG_JSON,
        FaultKind.EMPTY_LIST,
        FaultKind.DUPLICATE,
    }
)
"""The kinds that can befall an item of a batch; a drop there takes the whole batch with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """One rule. Without `nth`, `every` and `probability` it strikes on each matching call, `times` at most."""

    kind: FaultKind
    method: str = field(default="", metadata={"doc": "The method of calls that match; any where it is absent."})
    path: str = field(
        default="", metadata={"doc": "A regular expression that is found in the decoded path, version included."}
    )
    nth: int = field(default=0, metadata={"doc": "Strike on this matching call only, counted from 1."})
    every: int = field(default=0, metadata={"doc": "Strike on every so many-th matching call."})
    probability: float = field(default=0.0, metadata={"doc": "Strike with this probability, from 0 to 1."})
    seed: int | None = field(default=None, metadata={"doc": "Makes the strikes of `probability` the same each time."})
    times: int = field(default=0, metadata={"doc": "Strike so many times at most; 0 means without end."})
    status: int = field(default=503, metadata={"doc": "Kind `status`: the status of the answer."})
    code: str = field(default="", metadata={"doc": "Kind `status`: the error code; one that fits where it is absent."})
    retry_after: str = field(default="", metadata={"doc": "Kind `status`: the Retry-After header as it is to be sent."})
    body: Json = field(default=None, metadata={"doc": "Kind `status`: the JSON of the answer instead of an error."})
    text: str = field(default="", metadata={"doc": "Kind `status`: the text of the answer, sent as JSON as it is."})
    seconds: float = field(default=1.0, metadata={"doc": "Kind `slow`: how long the answer takes, in seconds."})


class FaultPlan:
    """Rules with what they counted since they were set."""

    def __init__(self, rules: Iterable[FaultRule], ids: Ids) -> None:
        self.rules = tuple(rules)
        self._counters = [_Counter(rule, ids) for rule in self.rules]

    def strike(self, method: str, path: str, *, item: bool = False) -> FaultRule | None:
        """The rule that strikes on this call, None where none does. Every rule that matches counts the call."""
        struck = None
        for counter in self._counters:
            matches = counter.matches(method, path) and (not item or counter.rule.kind in ON_ITEMS)
            if matches and counter.strikes(alone=struck is None):
                struck = counter.rule
        return struck


class _Counter:
    def __init__(self, rule: FaultRule, ids: Ids) -> None:
        self.rule = rule
        self._pattern = re.compile(rule.path)
        self._random = ids.random if rule.seed is None else Random(rule.seed).random  # noqa: S311 (repeatable)
        self._seen = 0
        self._struck = 0

    def matches(self, method: str, path: str) -> bool:
        return self.rule.method in ("", method) and self._pattern.search(path) is not None

    def strikes(self, *, alone: bool) -> bool:
        self._seen += 1
        due = self._is_due() and alone and not (self.rule.times and self._struck >= self.rule.times)
        self._struck += due
        return due

    def _is_due(self) -> bool:
        rule = self.rule
        if rule.nth:
            return self._seen == rule.nth
        if rule.every:
            return self._seen % rule.every == 0
        return not rule.probability or self._random() < rule.probability


def rule_from_json(value: Json) -> FaultRule:
    """A rule from its JSON object, names in camelCase. Raises ValueError, which says what does not fit."""
    if not isinstance(value, dict):
        raise ValueError("a fault rule is an object")  # noqa: TRY004 (one kind of error for one kind of fault)
    known = {camel(each.name): each for each in fields(FaultRule)}
    unknown = sorted(value.keys() - known.keys())
    if unknown:
        raise ValueError(f"a fault rule has no {unknown[0]!r}; it has {', '.join(known)}")
    if value.get("kind") not in tuple(FaultKind):
        raise ValueError(f"'kind' of a fault rule is one of {', '.join(FaultKind)}")
    members: dict[str, Any] = {
        known[name].name: _fitting(name, each, known[name].default) for name, each in value.items()
    }
    members["kind"] = FaultKind(str(value["kind"]))
    try:
        re.compile(str(members.get("path", "")))
    except re.error as error:
        raise ValueError(f"'path' of a fault rule is no regular expression: {error}") from None
    rule = FaultRule(**members)
    if not _LEAST_STATUS <= rule.status <= _MOST_STATUS:
        raise ValueError(f"'status' of a fault rule is from {_LEAST_STATUS} to {_MOST_STATUS}, not {rule.status}")
    return rule


def rule_from_words(text: str) -> FaultRule:
    """A rule from words, `NAME=VALUE` each, such as `status=429 method=POST path=agentGroups$ nth=1`.

    A word alone is the kind, `status` where none stands; a value with blanks stands in quotes, and `body` is JSON.
    Raises ValueError.
    """
    lexer = shlex(text, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    members: dict[str, Json] = {"kind": FaultKind.STATUS.value}
    for word in lexer:
        name, equals, value = word.partition("=")
        members.update({name: _read(name, value)} if equals else {"kind": word})
    return rule_from_json(members)


def _read(name: str, value: str) -> Json:
    """The value of a member: JSON where the member is no text."""
    known = {camel(each.name): each.default for each in fields(FaultRule) if each.name != "kind"}
    if isinstance(known.get(name, ""), str):
        return value
    try:
        read: Json = json.loads(value)
    except ValueError:
        raise ValueError(f"{name!r} of a fault rule does not fit: {value[:64]!r}") from None
    return read


def rule_to_json(rule: FaultRule) -> dict[str, Json]:
    """The rule's JSON object, without what is as by default."""
    shown = {camel(each.name): getattr(rule, each.name) for each in fields(FaultRule)}
    defaults = {camel(each.name): each.default for each in fields(FaultRule)}
    return {name: value for name, value in shown.items() if name == "kind" or value != defaults[name]}


def _fitting(name: str, value: Json, default: object) -> Json:
    wanted: type | tuple[type, ...]
    match default:
        case float():
            wanted = (int, float)
        case int():
            wanted = int
        case str():
            wanted = str
        case _:
            return value
    if not isinstance(value, wanted) or isinstance(value, bool) or (isinstance(value, int | float) and value < 0):
        raise ValueError(f"{name!r} of a fault rule does not fit: {str(value)[:64]!r}")
    return value
