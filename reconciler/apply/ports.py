"""What an apply needs of the outside world, as protocols: the service it writes to and the record it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.bindings import Bindings
from reconciler.model.events import Event
from reconciler.model.finding import Finding
from reconciler.model.plan import Plan
from reconciler.model.ports import Clock
from reconciler.model.record import Intent, OpenStep, Result
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import Scope
from reconciler.model.states import AppliedState, Edge, LiveState
from reconciler.model.steps import Step
from reconciler.plan.calls import STEPS_AT_ONCE
from reconciler.policy.availability import Shortfall


class Service(Protocol):
    """The service, as an executor sees it. One object per run; many calls may be under way at once."""

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries among them."""

    async def perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        """Make the calls of a step. Gives only the bindings that it created. Raises CallFailed.

        A schema step reads the document, overlays it, checks its version again and writes it once, or not at all
        where nothing would change. The document as it was is kept before the write.
        """

    def begin_anew(self) -> None:
        """Let calls wait for the service as long again, the first of them at once, whatever it asked for before."""

    async def observe(self, scope: Scope, bindings: Bindings) -> LiveState:
        """Read a part of the service anew. A read that fails gives Unreadable cells, never absent ones."""


class Ledger(Protocol):
    """What was applied, on record. Each method that changes it returns once the change is durable."""

    @property
    def applied(self) -> AppliedState:
        """What was applied, as far as it was observed. Open steps are not in it."""

    @property
    def edges(self) -> Mapping[Edge, datetime]:
        """When each membership and assignment that this repository made was made."""

    @property
    def open_steps(self) -> tuple[OpenStep, ...]:
        """Steps that may have been sent, and of which nobody knows yet what came of them."""

    def used_at(self, digest: str) -> datetime | None:
        """When a plan was applied; None where it never was."""

    def begin(self, plan: Plan, applied: AppliedState) -> None:
        """Record that a plan is being applied, over what is known to be applied; from now on it is used."""

    def intend(self, intents: Sequence[Intent]) -> None:
        """Record a wave that is about to be sent: its steps are open until they are concluded."""

    def conclude(
        self,
        results: Sequence[Result],
        applied: AppliedState,
        edges: Mapping[Edge, datetime],
        *,
        recovered: bool = False,
    ) -> None:
        """Record what came of steps; `applied` holds only what was observed, `edges` all that exist and are ours."""

    def end(self, done: int, failed: int, skipped: int) -> None:
        """Record that the apply has ended."""

    def record(self, applied: AppliedState) -> None:
        """Take over an applied state outside of any step, such as what the spec and the service agree on."""

    def fingerprint(self, secret: SecretText) -> str:
        """The salted digest that is kept of a secret."""

    def fits(self, secret: SecretText, digest: str) -> bool | None:
        """Whether a digest was made of this secret; None where its form is unknown."""


SecretResolver = Callable[[Iterable[SecretSource]], tuple[Mapping[SecretSource, SecretText], tuple[Finding, ...]]]
"""Gives the text of every source that can be read, and one finding for every one that cannot."""

SecretJudge = Callable[[Mapping[Address, tuple[SecretSource, SecretText]]], Iterable[Finding]]
"""Judges the tokens that are about to be written, by app."""


def no_secrets(sources: Iterable[SecretSource]) -> tuple[Mapping[SecretSource, SecretText], tuple[Finding, ...]]:
    """The resolver of a run that has no secrets: every source is missing."""
    missing = (Finding("EPR420", f"the secret from {source} cannot be read") for source in sources)
    return {}, tuple(missing)


Short = Callable[[LiveState, LiveState, LiveState, Iterable[Address]], Iterable[Shortfall]]
"""Of apps, those that fewer agents serve in the third state than must in a plan from the first to the second one."""


LONGEST_CONFIRM = 60.0
"""Seconds for which the service may keep an apply waiting until it shows what it accepted."""


class Patience(Struct, frozen=True):
    """How long an apply waits for the service to show what it accepted.

    A step is confirmed by `agreeing` reads in a row, `first_pause` seconds apart: copies that lag show old and new in
    turn, so that reads of one moment prove no more than one. Between reads that disagree the pauses grow from
    `first_pause` to `longest_pause` seconds. `confirm` seconds after the last call a step that is not shown counts as
    unconfirmed. `recover` seconds after it was sent, a step of a broken run that is not shown counts as not done.
    What differs at the end, though the run wrote it and saw it, is left where `steady` looks in a row show it.
    """

    agreeing: int = 3
    steady: int = 8
    confirm: float = LONGEST_CONFIRM
    recover: float = 30.0
    first_pause: float = 0.1
    longest_pause: float = 5.0


class Ports(Struct, frozen=True):
    """Everything outside that an apply touches.

    `emit` is told every event, `stopped` says whether the user asked to stop, and `concurrency` bounds the calls that
    are under way at once.
    """

    service: Service
    ledger: Ledger
    clock: Clock
    emit: Callable[[Event], None] = lambda _: None
    stopped: Callable[[], bool] = lambda: False
    secrets: SecretResolver = no_secrets
    judge: SecretJudge = lambda _: ()
    short: Short = lambda *_: ()
    patience: Patience = field(default_factory=Patience)
    concurrency: int = STEPS_AT_ONCE
