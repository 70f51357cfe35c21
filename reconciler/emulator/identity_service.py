"""The Hybrid Identity Service: where agents register and send their heartbeats.

Its table holds what Graph does not show: the connector's id, its version and its resource URL. The paths and bodies are
the emulator's own, as the real protocol is not documented.
Page: https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-application-provisioning-architecture
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import Answer, Call, Context, Operation, utc
from reconciler.emulator.errors import not_found
from reconciler.emulator.liveness import (
    Pulse,
    active,
    heard,
    inactive,
    is_active,
    pulses_of,
    pulses_to_json,
    with_pulse,
)
from reconciler.emulator.store import Document, Kind, Row, Transaction
from reconciler.emulator.switches import Reregistration
from reconciler.emulator.topology import PROFILE_ID, edge_id

_MEMBERS = dict.fromkeys(("connectorId", "machineName", "resourceUrl", "version", "externalIp"), text)


def put_agent(writing: Transaction, agent: Document, connector: Document, pulses: tuple[Pulse, ...]) -> None:
    """Keep an agent as Graph shows it, and the row of its connector, which shows what Graph does not."""
    identifier = str(agent["id"])
    writing.put(Kind.AGENT, identifier, agent)
    put_pulses(writing, identifier, connector, pulses)


def put_pulses(writing: Transaction, agent: str, connector: Document, pulses: tuple[Pulse, ...]) -> None:
    """Keep what is known of an agent's heartbeats."""
    row = connector | {"pulses": pulses_to_json(pulses)}
    writing.put(Kind.CONNECTOR, agent, row, alias=str(connector["connectorId"]))


def new_agent(identifier: str, machine_name: str, external_ip: str) -> Document:
    """An agent as Graph shows it, without its status, which follows from its heartbeats."""
    return {
        "id": identifier,
        "machineName": machine_name,
        "externalIp": external_ip,
        "supportedPublishingTypes": [PROFILE_ID],
    }


def set_agent(context: Context, agent: str, *, down: bool | None = None, status: str | None = None) -> Document:
    """Let an agent fall silent (`down`) or be heard again, or set its status at once; gives its connector's row.

    Raises GraphError 404 where there is no such agent.
    """
    row = context.truth.row(Kind.CONNECTOR, agent)
    if row is None:
        raise not_found(agent)
    now = context.now.timestamp()
    if status is not None:
        pulse = active(now) if status == "active" else inactive(now)
    else:
        pulse = heard(now) if down else active(now)
    with context.store.transaction(now) as writing:
        put_pulses(writing, row.id, row.document, with_pulse(pulses_of(row.document), pulse))
    return connector_entity(context, row.id)


def connector_entity(context: Context, agent: str) -> Document:
    """A row of the service's table as its readers get it, with the agent's status now."""
    connector = context.truth.get(Kind.CONNECTOR, agent)
    if connector is None:
        raise not_found(agent)
    alive = is_active(pulses_of(connector), context.now.timestamp())
    shown = {name: value for name, value in connector.items() if name != "pulses"}
    return {"agentId": agent, **shown, "status": "active" if alive else "inactive"}


async def register(context: Context, call: Call) -> Answer:
    """POST of a connector that starts; a known connector is updated, a new one on a known machine as the switch says.

    A new agent becomes a member of the default group (inferred from the sibling product).
    """
    body = checked(call.json_object(), _MEMBERS, required=tuple(_MEMBERS))
    row = _known(context, body)
    identifier = row.id if row else context.ids.uuid()
    now = context.now.timestamp()
    agent = new_agent(identifier, str(body["machineName"]), str(body["externalIp"]))
    known = pulses_of(row.document) if row else ()
    connector = body | {"registeredDateTime": utc(context.now)}
    with context.transaction() as writing:
        put_agent(writing, agent, connector, with_pulse(known, heard(now)))
        if row is None:
            _join_default_group(context, writing, identifier)
    return Answer(HTTPStatus.OK if row else HTTPStatus.CREATED, connector_entity(context, identifier))


async def heartbeat(context: Context, call: Call) -> Answer:
    """POST of a connector that runs; it may report a new version, URL or external address. 404 for an unknown one."""
    body = checked(call.json_object(), _MEMBERS, required=("connectorId",))
    row = next(iter(context.truth.rows(Kind.CONNECTOR, alias=str(body["connectorId"]))), None)
    if row is None:
        raise not_found(str(body["connectorId"]))
    now = context.now.timestamp()
    with context.store.transaction(now) as writing:
        pulses = with_pulse(pulses_of(row.document), heard(now))
        put_pulses(writing, row.id, row.document | body, pulses)
        _report_address(context, writing, row.id, body.get("externalIp"))
    return Answer(HTTPStatus.OK, connector_entity(context, row.id))


async def list_connectors(context: Context, call: Call) -> Answer:
    """GET of the service's table."""
    del call
    rows = context.truth.rows(Kind.CONNECTOR)
    body: Document = {"value": [connector_entity(context, row.id) for row in rows]}
    return Answer(HTTPStatus.OK, body)


def _known(context: Context, body: Document) -> Row | None:
    """The row that a registration renews: that of its connector, or of its machine where objects are used again."""
    found = context.truth.rows(Kind.CONNECTOR, alias=str(body["connectorId"]))
    if found:
        return found[0]
    if context.switches.reregistration is Reregistration.DUPLICATE:
        return None
    machine = str(body["machineName"]).lower()
    rows = context.truth.rows(Kind.CONNECTOR)
    return next((row for row in rows if str(row.document["machineName"]).lower() == machine), None)


def _join_default_group(context: Context, writing: Transaction, agent: str) -> None:
    for group in context.truth.documents(Kind.AGENT_GROUP):
        if group["isDefault"]:
            identifier = str(group["id"])
            writing.put(Kind.AGENT_MEMBERSHIP, edge_id(agent, identifier), {}, owner=agent, alias=identifier)


def _report_address(context: Context, writing: Transaction, agent: str, address: object) -> None:
    document = context.truth.get(Kind.AGENT, agent)
    if document and address and document["externalIp"] != address:
        writing.put(Kind.AGENT, agent, document | {"externalIp": address})


_PAGE = "https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-application-provisioning-architecture"

OPERATIONS = (
    Operation("POST", "/register", register, "an agent registers", _PAGE, ("his",)),
    Operation("POST", "/heartbeat", heartbeat, "an agent tells that it runs", _PAGE, ("his",)),
    Operation("GET", "/connectors", list_connectors, "list what agents told", _PAGE, ("his",)),
)
