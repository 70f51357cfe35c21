"""200 mistakes on a spec that is right: following what is said, once, mends at least 95 of 100."""

from __future__ import annotations

from collections import Counter

import pytest

from reconciler.model.finding import Finding
from reconciler.model.spec import Spec
from reconciler.policy.rules.registry import judge
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.read import read_spec
from tests.conftest import ROOT
from tests.mistakes.mending import mended
from tests.mistakes.mistakes import Mistake, Texts, contoso, mistakes

SCHEMA = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
NUMBER = 200
LEAST = 0.95


def validated(texts: Texts) -> tuple[Spec | None, list[Finding]]:
    """The spec and everything that validating it finds."""
    names = ["reconciler.yaml", *(name for name in texts if name != "reconciler.yaml")]
    reading = read_spec(SpecFiles(tuple(SpecFile(name, texts[name].encode()) for name in names), (), SCHEMA))
    judged = judge(reading.spec) if reading.spec else ()
    return reading.spec, [*reading.findings, *filter(reading.stands, judged)]


def followed(texts: Texts, findings: list[Finding]) -> dict[str, str]:
    """What the findings say, done once: from the end of each file to its beginning, so that places stay true."""
    done = dict(texts)
    placed = [finding for finding in findings if finding.place]
    for finding in sorted(placed, key=lambda each: each.order, reverse=True):
        done[finding.place.file] = mended(finding, done[finding.place.file])
    return done


@pytest.mark.parametrize("seed", [1, 2])
def test_following_the_message_once_mends_nearly_every_mistake(seed: int) -> None:
    texts = contoso()
    right, none = validated(texts)
    assert none == []
    made: Counter[str] = Counter()
    left: list[tuple[Mistake, list[str]]] = []
    for mistake in mistakes(texts, NUMBER + 50, seed):
        if sum(made.values()) == NUMBER:
            break
        spec, findings = validated(mistake.made_in(texts))
        if spec == right and not findings:
            continue  # A slip that changes nothing, as some indentations are, is no mistake.
        made[mistake.kind] += 1
        if validated(followed(mistake.made_in(texts), findings)) != (right, []):
            left.append((mistake, [f"{finding.place}: {finding.message}" for finding in findings]))
    assert sum(made.values()) == NUMBER
    assert min(made.values()) > NUMBER // 10
    assert len(left) <= NUMBER * (1 - LEAST), left


def test_no_mistake_goes_unnoticed() -> None:
    texts = contoso()
    right, _ = validated(texts)
    for mistake in mistakes(texts, 40, 7):
        spec, findings = validated(mistake.made_in(texts))
        assert findings or spec == right, mistake
