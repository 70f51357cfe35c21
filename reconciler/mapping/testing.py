"""Runs the tests of a mapping: what is not as expected, and what no test has reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from reconciler.mapping.evaluation import compiled
from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.functions.function import Way
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.parser import fault_in, parse
from reconciler.mapping.language.tree import Call, Expression, Node
from reconciler.mapping.objects import Fault, Outcome, ReadyMapping, ready
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import Value, text_of
from reconciler.model.mapping_tests import Expected, MappingTest, MappingUnderTest
from reconciler.model.mappings import ObjectMapping, SourceKind
from reconciler.model.overlay import overlay
from reconciler.model.place import Place

NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""What time it is for a test that does not say."""


class Broken(Struct, frozen=True):
    """What of a test does not hold: which test (from 1), what of it, and the expression that it is from."""

    address: str
    number: int
    what: str
    expected: str
    found: str
    place: Place | None
    expression: str = ""
    test: MappingTest | None = None


class Reach(Struct, frozen=True):
    """What the tests of a mapping reach: target attributes, and branches of its expressions. The rest by name."""

    attributes: int
    attributes_missed: tuple[str, ...]
    branches: int
    branches_missed: tuple[str, ...]


def broken_tests(tested: MappingUnderTest) -> Iterator[Broken]:
    """Every expectation that does not hold, in the order of the spec."""
    run = ready(as_created(tested))
    for number, test in enumerate(tested.tests, 1):
        yield from _Run(tested.address, number, run, test).broken()


def reach(tested: MappingUnderTest) -> Reach:
    """What the tests of a mapping reach."""
    mapping = as_created(tested)
    expected = {target for test in tested.tests for target in (*test.expect, *test.match)}
    missed = tuple(target for target in mapping.attributes if target not in expected)
    branches, taken = 0, list[str]()
    for target, expression in _expressions(mapping):
        wanted = list(_branches(expression))
        visited = _visited(expression, tested.tests) if wanted else set()
        branches += len(wanted)
        taken += [f"{target}: {expression.source(node)}" for node in wanted if id(node) not in visited]
    return Reach(len(mapping.attributes), missed, branches, tuple(taken))


def as_created(tested: MappingUnderTest) -> ObjectMapping:
    """The mapping as the service would hold it if it held nothing else."""
    return overlay(ObjectMapping(tested.mapping.source, tested.mapping.target), tested.mapping)


def sources_of(test: MappingTest) -> Sources:
    """The time of a test, and no chance."""
    moment = datetime.fromisoformat(test.now) if test.now else NOON
    fixed = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Sources(lambda: fixed, lambda _count: 0)


class _Run(Struct, frozen=True):
    """One test under way."""

    address: str
    number: int
    ready: ReadyMapping
    test: MappingTest

    def broken(self) -> Iterator[Broken]:
        """What of this test does not hold."""
        test = self.test
        if test.in_scope is not None:
            scope = self.ready.scope(test.given)
            if scope is not test.in_scope:
                found = scope.message if isinstance(scope, Fault) else _scope_word(scope)
                yield self._broken("the scope", _scope_word(test.in_scope), found, test.scope_place)
        sources = sources_of(test)
        outcome = self.ready.outcome(test.given, sources, creates=test.creates)
        yield from self._differences("", test.expect, {target: _got(outcome, target) for target in test.expect})
        matching = dict(self.ready.matching(test.given, sources))
        yield from self._differences("the match by ", test.match, {t: _matched(matching, t) for t in test.match})

    def _differences(self, what: str, expected: Mapping[str, Expected], got: Mapping[str, _Got]) -> Iterator[Broken]:
        for target, wish in expected.items():
            wanted, found = _wanted(wish), got[target]
            if found.shown != wanted or (wish.error or "") not in found.message:
                shown = f"{wanted} that says {wish.error!r}" if wish.error else wanted
                said = f"{found.shown}: {found.message}" if found.message else found.shown
                yield self._broken(f"{what}{target}", shown, said, wish.place, target)

    def _broken(self, what: str, expected: str, found: str, place: Place | None, target: str = "") -> Broken:
        attribute = self.ready.mapping.attributes.get(target)
        expression = attribute.source.text if attribute and attribute.source.kind is SourceKind.EXPRESSION else ""
        return Broken(self.address, self.number, what, expected, found, place, expression, self.test)


class _Got(Struct, frozen=True):
    """What came of one attribute, as it is shown, and the message of a fault."""

    shown: str
    message: str = ""


_FAULT, _NO_FLOW, _NO_ATTRIBUTE = "a fault", "no flow", "no mapping of this attribute"


def _wanted(wish: Expected) -> str:
    if wish.error is not None:
        return _FAULT
    return shown(wish.value) if wish.flows else _NO_FLOW


def _got(outcome: Outcome, target: str) -> _Got:
    if target in outcome.faults:
        return _Got(_FAULT, outcome.faults[target].message)
    if target in outcome.values:
        return _Got(shown(outcome.values[target]))
    return _Got(_NO_FLOW if target in outcome.unflowed or outcome.is_ignored else _NO_ATTRIBUTE)


def _matched(matching: Mapping[str, Value | Fault], target: str) -> _Got:
    if target not in matching:
        return _Got("no matching attribute")
    value = matching[target]
    return _Got(_FAULT, value.message) if isinstance(value, Fault) else _Got(shown(value))


def shown(value: Value) -> str:
    """A value with quotes around texts; numbers and truth values as the texts that flow, so that `5` is `"5"`."""
    if isinstance(value, tuple):
        return json.dumps([text_of(each) for each in value], ensure_ascii=False)
    return json.dumps(text_of(value), ensure_ascii=False)


def _scope_word(is_in: bool) -> str:
    return "in scope" if is_in else "out of scope"


def _expressions(mapping: ObjectMapping) -> Iterator[tuple[str, Expression]]:
    for target, attribute in mapping.attributes.items():
        if attribute.source.kind is SourceKind.EXPRESSION and fault_in(attribute.source.text) is None:
            yield target, parse(attribute.source.text)


def _branches(expression: Expression) -> Iterator[Node]:
    """The slots of a function that are evaluated only when they are needed, but for the first, which always is."""
    for node in expression.nodes():
        if isinstance(node, Call) and node.name in FUNCTIONS and FUNCTIONS[node.name].way is Way.LAZY:
            yield from (argument for argument in node.arguments[1:] if argument.start < argument.end)


def _visited(expression: Expression, tests: Iterable[MappingTest]) -> set[int]:
    """The parts of an expression that some test evaluates."""
    visited: set[int] = set()
    run = compiled(expression, lambda node, _ending: visited.add(id(node)))
    for test in tests:
        with suppress(EvaluationFault, NoFlow):
            run(test.given, sources_of(test))
    return visited
