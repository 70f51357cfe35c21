"""What an apply promises on services, tenants and specs that nobody thought of.

The tenant's witness (`tenant.py`) checks on the way: after every step the truth is what the model's transition says, a
step or a plan that is refused has changed nothing, and no app that is served before and after is served by too few.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import GuardRefused
from reconciler.model.steps import Step
from tests.properties.tenant import Tenant
from tests.properties.worlds import seed_of, spec_of

EVERY_KIND = (2, 3)
"""Worlds whose plans hold steps of all kinds between them; where `worlds.py` changes, choose others."""


def walk(number: int) -> Counter[str]:
    """Bring a tenant to one spec and then to another; give the steps that it took, by kind."""
    chance = random.Random(number)
    tenant = Tenant(seed_of(chance))

    async def run() -> None:
        for _ in range(2):
            with suppress(GuardRefused):
                spec = spec_of(chance)
                await tenant.converge(spec)
                again = await tenant.apply(spec)
                assert again.outcome is None, "what a plan was applied for, the next plan leaves alone"

    asyncio.run(run())
    return tenant.steps


@given(st.integers(0, 2**32))
@settings(max_examples=10, derandomize=True, database=None)
def test_the_service_does_what_the_model_says_and_the_plan_after_an_apply_is_empty(number: int) -> None:
    walk(number)


def test_the_service_does_what_the_model_says_in_steps_of_every_kind() -> None:
    taken = Counter[str]()
    for number in EVERY_KIND:
        taken += walk(number)
    assert set(taken) == {kind.__name__ for kind in get_args(Step)}
