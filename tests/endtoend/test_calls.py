"""The calls that a plan promises are the calls that an apply makes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from reconciler.model.address import app
from reconciler.model.plan import Plan
from reconciler.msgraph.client import GraphClient
from reconciler.operations.applying import Person, apply
from reconciler.operations.edges.connect import Connection
from reconciler.operations.run import Request

EXAMPLES = Path(__file__).parents[2] / "examples"
ABOUT = 0.05
"""How far from the promise `about` may be where nothing fails and everything shows at once."""


@pytest.mark.parametrize("name", ["minimal", "contoso"])
def test_an_apply_makes_about_as_many_calls_as_its_plan_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[GraphClient] = []
    open_client = Connection.client

    def client(connection: Connection, *args: object, **options: object) -> GraphClient:
        opened.append(open_client(connection, *args, **options))
        return opened[-1]

    monkeypatch.setattr(Connection, "client", client)
    promised: list[tuple[int, int]] = []

    def show(plan: Plan, *_: object) -> None:
        promised.append((plan.budget.calls, opened[-1].calls))

    spec = Path(shutil.copytree(EXAMPLES / name, tmp_path / name))
    person = Person(show, lambda _: True, lambda _: None)
    applied = asyncio.run(apply(Request(spec, acknowledged=(app("ledger-sql"),)), person))
    ((calls, before),) = promised
    assert applied.left is not None
    assert applied.left.is_empty
    assert opened[-1].calls - before == pytest.approx(calls, rel=ABOUT)
