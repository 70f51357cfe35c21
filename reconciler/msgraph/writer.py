"""Writes to the service: the calls of one step, and what is known of them when they fail.

a step ─→ are all ids known? ─→ what must be read first ─→ one call that writes ─→ the ids that it created
                                                                └─ 404 soon after a create: not visible yet, again
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.errors import ReconcilerError
from reconciler.model.address import UPDATER, Address
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known
from reconciler.model.ports import Clock
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import CallFailed, Outcome
from reconciler.model.steps import (
    AddMember,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    RemoveMember,
    RenameGroup,
    Settle,
    SetUpdater,
    Step,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.values import Json
from reconciler.msgraph.rules import CALL_FAILED
from reconciler.msgraph.transport.answer import Fault, Reply, Trouble, finding_of
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.wire import connection
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.jobs import chosen_template, created_id, templates_in
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.schema import version_of
from reconciler.msgraph.wire.schema_overlay import overlaid
from reconciler.msgraph.wire.steps import (
    job_create,
    known_id,
    live_id,
    needed,
    needs_window,
    requests_of,
    schema_read,
    schema_write,
    templates_read,
    updater_read,
)
from reconciler.msgraph.wire.topology import updater_of
from reconciler.msgraph.wire.updater import WINDOW_KEYS, updater_cells

KeepSchema = Callable[[Address, bytes], None]
"""Puts an app's schema on disk, durably, before the write that replaces it."""

Secrets = Mapping[SecretSource, SecretText]

NEW_VISIBLE = 60.0
"""Seconds after which something that this run created must be visible everywhere."""

OLD_VISIBLE = 5.0
"""Seconds for which a 404 on anything else is taken for a stale replica."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_MOST_VERSIONS = 3


@dataclass(slots=True)
class Writer:
    """Performs steps through a chain. `keep` is told each schema before it is replaced."""

    chain: Chain
    clock: Clock
    keep: KeepSchema
    _created: set[str] = field(default_factory=set)

    async def perform(self, step: Step, bindings: Bindings, secrets: Secrets) -> Bindings:
        """Make the calls of a step and give the bindings that it created. Raises CallFailed."""
        missing = [address for table, address in needed(step) if not known_id(table(bindings), address)]
        if missing:
            raise _refused(step, f"no live object is known for {', '.join(map(str, missing))}")
        try:
            match step:
                case CreateGroup(group):
                    return Bindings(groups={group: await self._create(step, bindings)})
                case CreateResource(app):
                    return Bindings(resources={app: await self._create(step, bindings)})
                case CreateJob(app):
                    return Bindings(jobs={app: await self._create_job(step, bindings)})
                case WriteConnection():
                    await self._write_connection(step, bindings, secrets)
                case WriteSchema():
                    await self._write_schema(step, bindings)
                case SetUpdater():
                    await self._set_updater(step, bindings)
                case _:
                    for request in requests_of(step, bindings, base=self.chain.base):
                        await self._call(step, request)
        except CallFailed:
            raise
        except ReconcilerError as error:
            raise _refused(step, error.message, error.hint) from error
        return Bindings()

    async def _create(self, step: Step, bindings: Bindings) -> str:
        (request,) = requests_of(step, bindings, base=self.chain.base)
        return self._id_in(step, request, await self._call(step, request))

    async def _create_job(self, step: CreateJob, bindings: Bindings) -> str:
        templates = await self._call(step, templates_read(bindings, step.app))
        template = chosen_template(templates_in(templates.body), step.template)
        request = job_create(bindings, step.app, template)
        return self._id_in(step, request, await self._call(step, request))

    def _id_in(self, step: Step, request: Request, reply: Reply) -> str:
        """The id of what was created. Raises CallFailed: it exists, and nobody knows by which id."""
        try:
            created = created_id(reply.body)
        except Malformed as error:
            message = f"{request.method} {request.path}: it was created, but {error.message}"
            raise CallFailed(CALL_FAILED.finding(message, address=_address(step)), Outcome.UNKNOWN) from error
        self._created.add(created)
        return created

    async def _write_connection(self, step: WriteConnection, bindings: Bindings, secrets: Secrets) -> None:
        principal = live_id(bindings.principals, step.app)
        absent = [str(source) for source in step.secrets.values() if source not in secrets]
        if absent:
            raise _refused(step, f"the secret from {', '.join(absent)} is not at hand")
        texts = {key: secrets[source] for key, source in step.secrets.items()}
        reply = await self._call(step, connection.read_request(principal))
        live = connection.settings_in(reply.body)
        entries = connection.rewritten(live, step.settings, texts)
        if entries != live:
            await self._call(step, connection.write_request(principal, entries))

    async def _write_schema(self, step: WriteSchema, bindings: Bindings) -> None:
        """Write the schema once, over the version that was read; never where nothing would change."""
        read = schema_read(bindings, step.app)
        before = (await self._call(step, read)).body
        for _ in range(_MOST_VERSIONS):
            document = _document(before)
            wanted = overlaid(document, step.overlays, step.removed)
            if wanted is document:
                return
            self._keep(step, bytes(before))
            now = (await self._call(step, read)).body
            if version_of(now) == version_of(before):
                await self._call(step, schema_write(bindings, step.app, wanted))
                return
            before = now
        raise _refused(step, "somebody else keeps changing the schema", "run the apply again when nobody edits the app")

    def _keep(self, step: WriteSchema, document: bytes) -> None:
        """Keep the schema as it is before the write. Raises CallFailed: what cannot be kept is not replaced."""
        try:
            self.keep(step.app, document)
        except OSError as error:
            raise _refused(
                step, f"the schema cannot be kept before it is replaced: {error.strerror or error}"
            ) from error

    async def _set_updater(self, step: SetUpdater, bindings: Bindings) -> None:
        """Write the updater's configuration; half a window is written with its other half."""
        settings = dict(step.settings)
        if needs_window(step):
            cells = updater_cells(updater_of((await self._call(step, updater_read())).body))
            for key in WINDOW_KEYS - set(settings):
                match cells[key]:
                    case Known(str() as text):
                        settings[key] = text
        (request,) = requests_of(SetUpdater(settings), bindings)[-1:]
        await self._call(step, request)

    async def _call(self, step: Step, request: Request) -> Reply:
        """The reply to a call; where it says that something is not there, it is made again for a while.

        Raises CallFailed.
        """
        until = self.clock.monotonic() + (NEW_VISIBLE if self._is_new(request) else OLD_VISIBLE)
        pause = _FIRST_PAUSE
        while True:
            answer = await self.chain.call(request)
            if isinstance(answer, Reply):
                return answer
            is_stale = answer.is_gone and not answer.uncertain and request.method != "DELETE"
            if not is_stale or self.clock.monotonic() + pause > until or not await self.chain.waited(pause):
                raise _failed(step, request, answer)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _is_new(self, request: Request) -> bool:
        text = f"{request.path} {request.body if request.path.endswith('/$ref') else ''}"
        return any(created in text for created in self._created)


def _failed(step: Step, request: Request, fault: Fault) -> CallFailed:
    return CallFailed(
        finding_of(fault, _address(step)),
        _outcome(fault, request),
        fault.status,
        cause=fault.shared_cause,
        gave_up=fault.trouble is Trouble.SPENT,
    )


def _outcome(fault: Fault, request: Request) -> Outcome:
    """What a fault leaves to be known. What is gone, or is there already, may be so because of an earlier try."""
    if fault.trouble is Trouble.STOPPED and not fault.uncertain:
        return Outcome.NOT_SENT
    if request.is_read:
        return Outcome.REFUSED
    is_there = request.path.endswith("/$ref") and (fault.status == 409 or "already exist" in fault.detail.lower())
    already = (request.method == "DELETE" and fault.is_gone) or (request.method == "POST" and is_there)
    return Outcome.UNKNOWN if fault.uncertain or already else Outcome.REFUSED


def _document(body: Encoded) -> Mapping[str, Json]:
    return decode(body, dict)


def _refused(step: Step, message: str, hint: str = "") -> CallFailed:
    return CallFailed(CALL_FAILED.finding(message, address=_address(step), hint=hint), Outcome.REFUSED)


def _address(step: Step) -> str:
    """The thing that a step is about; "" for a wait."""
    match step:
        case Settle():
            return ""
        case SetUpdater():
            return str(UPDATER)
        case (
            CreateGroup(group) | RenameGroup(group) | DeleteGroup(group) | AddMember(_, group) | RemoveMember(_, group)
        ):
            return str(group)
        case _:
            return str(step.app)
