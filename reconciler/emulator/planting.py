"""Put a checked seed in place, as if everything in it had been there for long.

Ids that a seed does not give follow from names, so that two tenants of one seed are equal.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from reconciler.emulator.context import Context, Tenant
from reconciler.emulator.gallery import gallery_app
from reconciler.emulator.identity_service import new_agent, put_agent
from reconciler.emulator.liveness import Pulse, active, inactive
from reconciler.emulator.past import plant_audit
from reconciler.emulator.resources.app_role_assignments import new_assignment, put_assignment
from reconciler.emulator.resources.applications import new_application, new_principal, put_application, put_principal
from reconciler.emulator.resources.groups import new_group
from reconciler.emulator.resources.profile import NEW_UPDATER, updated
from reconciler.emulator.resources.users import new_user
from reconciler.emulator.seed import SeedError, entries, names, section_object
from reconciler.emulator.seed import SeedFault as Fault
from reconciler.emulator.store import Document, Kind, Transaction
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from reconciler.emulator.synchronization.sealing import seal_in
from reconciler.emulator.synchronization.seeding import SeedFault, Soil, plant_provisioning
from reconciler.emulator.topology import PROFILE_ID, edge_id

LONG_AGO = 0.0
"""Since when seeded memberships and assignments exist: they have settled."""

DEFAULT_TENANT = Tenant("7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10", "contoso", "contoso.com")
DEFAULT_GROUP = "Default group"


def tenant_of(seed: Document) -> Tenant:
    """The tenant that a seed names; contoso where it names none."""
    told = section_object(seed, "tenant")
    return Tenant(
        str(told.get("id", DEFAULT_TENANT.id)),
        str(told.get("name", DEFAULT_TENANT.name)),
        str(told.get("domain", DEFAULT_TENANT.domain)),
    )


def derived_id(tenant: Tenant, kind: str, name: str) -> str:
    """The id of what a seed names without giving an id."""
    return str(uuid5(NAMESPACE_URL, f"emulator:{tenant.id}:{kind}:{name}"))


def plant(context: Context, writing: Transaction, seed: Document) -> None:
    """Write everything that a checked seed holds. Raises SeedError where the service could not hold it."""
    Planter(context, writing, seed).plant()


class Planter:
    """Writes one seed; knows the ids of what it has written by name."""

    def __init__(self, context: Context, writing: Transaction, seed: Document) -> None:
        self._context = context
        self._writing = writing
        self._seed = seed
        self._now = context.now.timestamp()
        self._people: dict[str, tuple[Document, Kind]] = {}
        self._groups: dict[str, str] = {}
        self._derived: Counter[tuple[Kind, str]] = Counter()
        self._audited: dict[tuple[Kind, str], Document] = {}

    def plant(self) -> None:
        """Write the sections, those first that others name."""
        self._users()
        self._user_groups()
        self._agent_groups()
        self._agents()
        self._resources()
        self._updater()
        for position, app in enumerate(entries(self._seed, "apps")):
            self._app(position, app)
        plant_audit(self._context, self._writing, entries(self._seed, "audit"), self._audited)

    def _id(self, kind: Kind, name: str, entry: Document, member: str = "id") -> str:
        """The id that an entry gives, else one that follows from its name: the second of a name has another."""
        if entry.get(member):
            return str(entry[member])
        self._derived[kind, name] += 1
        nth = self._derived[kind, name]
        return derived_id(self._context.tenant, kind, name if nth == 1 else f"{name}#{nth}")

    def _users(self) -> None:
        for entry in entries(self._seed, "users"):
            name = str(entry["displayName"])
            mailbox = name.lower().replace(" ", ".")
            members = {
                "userPrincipalName": f"{mailbox}@{self._context.tenant.domain}",
                "mailNickname": mailbox,
                "accountEnabled": True,
                **{key: value for key, value in entry.items() if key != "id"},
            }
            user = new_user(self._context, members, self._id(Kind.USER, name, entry))
            self._writing.put(Kind.USER, str(user["id"]), user, alias=str(user["userPrincipalName"]))
            self._people[name] = (user, Kind.USER)

    def _user_groups(self) -> None:
        for entry in entries(self._seed, "groups"):
            name = str(entry["displayName"])
            members = {key: value for key, value in entry.items() if key not in ("id", "members")}
            group = new_group(self._context, {"mailNickname": name, **members}, self._id(Kind.GROUP, name, entry))
            self._writing.put(Kind.GROUP, str(group["id"]), group)
            self._people[name] = (group, Kind.GROUP)
        for entry in entries(self._seed, "groups"):
            group, _ = self._people[str(entry["displayName"])]
            for name in names(entry, "members"):
                self._edge(Kind.GROUP_MEMBER, str(group["id"]), str(self._people[name][0]["id"]))

    def _agent_groups(self) -> None:
        told = entries(self._seed, "agentGroups")
        if not any(entry.get("isDefault") for entry in told):
            told = [{"displayName": DEFAULT_GROUP, "isDefault": True}, *told]
        for entry in told:
            name = str(entry["displayName"])
            group: Document = {
                "id": self._id(Kind.AGENT_GROUP, name, entry),
                "displayName": name,
                "publishingType": PROFILE_ID,
                "isDefault": entry.get("isDefault", False),
            }
            self._writing.put(Kind.AGENT_GROUP, str(group["id"]), group)
            self._groups[name] = str(group["id"])
            self._audited[Kind.AGENT_GROUP, name] = group

    def _agents(self) -> None:
        for entry in entries(self._seed, "agents"):
            machine = str(entry["machineName"])
            identifier = self._id(Kind.AGENT, machine, entry)
            agent = new_agent(identifier, machine, str(entry.get("externalIp", "")))
            connector: Document = {
                "connectorId": self._id(Kind.CONNECTOR, identifier, entry, "connectorId"),
                "machineName": machine,
                "resourceUrl": entry.get("resourceUrl", f"https://{machine}"),
                "version": entry.get("version", ""),
                "externalIp": entry.get("externalIp", ""),
                "registeredDateTime": "2020-01-01T00:00:00Z",
            }
            put_agent(self._writing, agent, connector, self._pulses(entry))
            self._audited[Kind.AGENT, machine] = agent
            for name in names(entry, "groups"):
                self._edge(Kind.AGENT_MEMBERSHIP, identifier, self._groups[name])

    def _pulses(self, entry: Document) -> tuple[Pulse, ...]:
        """A seeded agent sends heartbeats by itself unless it is down; events change that at their times."""
        events = [event for event in entries(self._seed, "agentEvents") if event["agent"] == entry["machineName"]]
        scripted = [
            (active if event["status"] == "active" else inactive)(self._now + float(str(event["at"])))
            for event in events
        ]
        return (inactive(self._now) if entry.get("down") else active(self._now), *scripted)

    def _resources(self) -> None:
        for entry in entries(self._seed, "publishedResources"):
            name = str(entry["resourceName"])
            identifier = self._id(Kind.PUBLISHED_RESOURCE, name, entry)
            resource: Document = {
                "id": identifier,
                "publishingType": PROFILE_ID,
                "displayName": entry.get("displayName", name),
                "resourceName": name,
            }
            self._writing.put(Kind.PUBLISHED_RESOURCE, identifier, resource)
            self._audited[Kind.PUBLISHED_RESOURCE, name] = resource
            for group in names(entry, "groups"):
                self._edge(Kind.RESOURCE_ASSIGNMENT, identifier, self._groups[group])

    def _updater(self) -> None:
        told = section_object(self._seed, "updater")
        profile = {"id": PROFILE_ID, "isEnabled": True}
        configuration = updated(NEW_UPDATER, told)
        self._writing.put(Kind.PROFILE, PROFILE_ID, {**profile, "hybridAgentUpdaterConfiguration": configuration})

    def _app(self, position: int, entry: Document) -> None:
        name = str(entry["displayName"])
        template = gallery_app(str(entry.get("template", "scim")))
        app_id = self._id(Kind.APPLICATION, f"{name}:appId", entry, "appId")
        application = new_application(
            self._context,
            {"displayName": name},
            template.id if template else None,
            app_id,
            self._id(Kind.APPLICATION, name, entry, "applicationId"),
        )
        identifier = self._id(Kind.SERVICE_PRINCIPAL, name, entry, "servicePrincipalId")
        principal = new_principal(self._context, application, {}, identifier)
        put_application(self._writing, application)
        put_principal(self._writing, principal)
        self._audited[Kind.SERVICE_PRINCIPAL, name] = principal
        for person in names(entry, "assigned"):
            who, kind = self._people[person]
            assignment_id = derived_id(self._context.tenant, Kind.APP_ROLE_ASSIGNMENT, f"{identifier}:{who['id']}")
            put_assignment(self._writing, new_assignment(self._context, principal, who, kind, assignment_id))
        self._provisioning(position, entry, identifier, AppKind(template.key if template else AppKind.SCIM))

    def _provisioning(self, position: int, entry: Document, principal: str, kind: AppKind) -> None:
        truth = self._context.truth
        soil = Soil(
            tenant=self._context.tenant.id,
            principal=principal,
            kind=kind,
            now=datetime.fromtimestamp(self._now, UTC),
            seal=seal_in(self._writing, truth, self._context.ids),
        )
        try:
            plant_provisioning(self._writing, truth, soil, entries(entry, "jobs"), entries(entry, "secrets"))
        except SeedFault as fault:
            raise SeedError([Fault(f"/apps/{position}", str(fault))]) from None

    def _edge(self, kind: Kind, owner: str, alias: str) -> None:
        self._writing.put(kind, edge_id(owner, alias), {}, owner=owner, alias=alias, since=LONG_AGO)
