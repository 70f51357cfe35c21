"""The tests of mappings as text: what does not hold, with each part of its expression, and what no test reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.mapping.testing import Broken, Reach
from reconciler.mapping.trace import Traced
from reconciler.report.evaluation import trace_lines
from reconciler.report.junit import Case, Suite
from reconciler.report.terminal import Style, Terminal, escape

MOST = 5
"""Things that no test reaches that are shown by name, of each mapping."""


Failures = Sequence[tuple[Broken, Traced | None]]
"""What does not hold, each with the parts of its expression where it is from one."""


def tests_text(results: Iterable[tuple[str, int, Failures, Reach]], terminal: Terminal) -> str:
    """What came of the tests of each mapping, by its address, and a last line that counts all of them."""
    lines: list[str] = []
    total = failed = 0
    for address, tests, failures, reach in results:
        for broken, trace in failures:
            lines += [*failure_lines(broken, trace, terminal), ""]
        broken_tests = len({broken.number for broken, _ in failures})
        lines += [*reach_lines(address, tests, broken_tests, reach), ""]
        total, failed = total + tests, failed + broken_tests
    if not total:
        return "The spec has no tests of mappings: they stand in `tests:` of a mapping.\n"
    said = f"{failed} of {total} tests failed." if failed else f"{total} {'tests hold' if total > 1 else 'test holds'}."
    return "\n".join((*lines, said)) + "\n"


def failure_lines(broken: Broken, trace: Traced | None, terminal: Terminal) -> Iterator[str]:
    """One expectation that does not hold."""
    where = f"{broken.place.file}:{broken.place.line}:{broken.place.column}: " if broken.place else ""
    failed = terminal.paint("fail", Style.ERROR)
    yield f"{failed}  {escape(where)}{escape(broken.address)}, test {broken.number}: {escape(broken.what)}"
    yield f"  expected  {escape(broken.expected)}"
    yield f"  found     {escape(broken.found)}"
    if trace is not None:
        yield from trace_lines(trace, "  ")


def reach_lines(address: str, tests: int, failed: int, reach: Reach) -> Iterator[str]:
    """What came of the tests of one mapping, and what they do not reach."""
    covered = reach.attributes - len(reach.attributes_missed)
    taken = reach.branches - len(reach.branches_missed)
    branches = f", {taken} of {reach.branches} branches" if reach.branches else ""
    outcome = (
        f"{failed} of {tests} tests failed" if failed else f"{tests} {'tests hold' if tests > 1 else 'test holds'}"
    )
    yield f"{escape(address)}: {outcome}; reached {covered} of {reach.attributes} attributes{branches}"
    for missed in (reach.attributes_missed, reach.branches_missed):
        yield from (f"  not reached  {escape(each)}" for each in missed[:MOST])
        if len(missed) > MOST:
            yield f"  not reached  {len(missed) - MOST} more"


def suite_of(address: str, tests: int, failures: Failures) -> Suite:
    """The tests of one mapping as JUnit has them: a case for each test, failed with all that does not hold of it."""
    by_test: dict[int, list[tuple[Broken, Traced | None]]] = {}
    for broken, trace in failures:
        by_test.setdefault(broken.number, []).append((broken, trace))
    return Suite(address, tuple(_case(number, by_test.get(number, [])) for number in range(1, tests + 1)))


def _case(number: int, failures: Failures) -> Case:
    if not failures:
        return Case(f"test {number}")
    details = tuple(line for broken, trace in failures for line in failure_lines(broken, trace, Terminal()))
    first = failures[0][0]
    return Case(f"test {number}", "failure", f"{first.what}: expected {first.expected}, found {first.found}", details)
