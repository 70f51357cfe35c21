"""Default mappings, written as the documented tables are and unfolded into what the service answers."""

from msgspec import Struct

from reconciler.emulator.odata import Entity


class Constant(Struct, frozen=True):
    """A literal text inside of a function; None is an argument that was left empty."""

    text: str | None


class Call(Struct, frozen=True):
    """A function over attributes (plain texts), constants and calls; `parameters` names its slots."""

    name: str
    parameters: tuple[str, ...]
    arguments: "tuple[str | Constant | Call, ...]"


Source = str | Constant | Call
"""An attribute's name, a constant, or a call."""


class Row(Struct, frozen=True):
    """One line of a mapping table."""

    source: Source | None
    target: str
    matching_priority: int = 0
    flow_type: str = "Always"


def object_mapping(name: str | None, source: str, target: str, rows: tuple[Row, ...], *, enabled: bool) -> Entity:
    """Return one object mapping with the metadata that every mapping of the service bears."""
    joining = next((row.target for row in rows if row.matching_priority == 1), None)
    facts = {
        "IsCustomerDefined": "false",
        "DisableMonitoringForChanges": "false",
        "Disposition": '"Normal"',
        "ExcludeFromReporting": "false",
        "EscrowBehavior": '"Default"',
        "Unsynchronized": "false" if enabled else "true",
        **({"OriginalJoiningProperty": joining} if joining else {}),
    }
    return {
        "attributeMappings": [attribute_mapping(row) for row in rows],
        "enabled": enabled,
        "flowTypes": "Add, Update, Delete",
        "metadata": [{"key": key, "value": value} for key, value in facts.items()],
        "name": name,
        "scope": None,
        "sourceObjectName": source,
        "targetObjectName": target,
    }


def attribute_mapping(row: Row) -> Entity:
    """Return one attribute mapping as the service writes it."""
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": row.flow_type,
        "matchingPriority": row.matching_priority,
        "source": None if row.source is None else _source(row.source),
        "targetAttributeName": row.target,
    }


def expression(source: Source) -> str:
    """Return the text form of a source, which the service keeps beside the parsed one."""
    match source:
        case str():
            return f"[{source}]"
        case Constant(None):
            return ""
        case Constant(text):
            return f'"{text}"'
        case Call(name, _, arguments):
            return f"{name}({', '.join(expression(argument) for argument in arguments)})"


def _source(source: Source) -> Entity:
    match source:
        case str():
            return {"expression": expression(source), "name": source, "parameters": [], "type": "Attribute"}
        case Constant(text):
            return {"expression": expression(source), "name": text, "parameters": [], "type": "Constant"}
        case Call(name, slots, arguments):
            pairs = zip(slots, arguments, strict=True)
            filled = [{"key": key, "value": _source(given)} for key, given in pairs if given != Constant(None)]
            return {"expression": expression(source), "name": name, "parameters": filled, "type": "Function"}


_ACTIVE = Call(
    "Switch",
    ("source", "defaultValue", "switchValue1", "switchResult1", "switchValue2", "switchResult2"),
    ("IsSoftDeleted", Constant(None), Constant("False"), Constant("True"), Constant("True"), Constant("False")),
)
_FULL_NAME = Call("Join", ("separator", "source1", "source2"), (Constant(" "), "givenName", "surname"))
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"

ECMA_USERS = (Row("userPrincipalName", "PLACEHOLDER", matching_priority=1),)
"""What an ECMA application begins with: a target that no connector has, to be replaced.

Page: https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-sql-connector-configure
"""

SCIM_USERS = (
    Row("userPrincipalName", "userName", matching_priority=1),
    Row(_ACTIVE, "active"),
    Row("displayName", "displayName"),
    Row("jobTitle", "title"),
    Row("mail", 'emails[type eq "work"].value'),
    Row("preferredLanguage", "preferredLanguage"),
    Row("givenName", "name.givenName"),
    Row("surname", "name.familyName"),
    Row(_FULL_NAME, "name.formatted"),
    Row("physicalDeliveryOfficeName", 'addresses[type eq "work"].formatted'),
    Row("streetAddress", 'addresses[type eq "work"].streetAddress'),
    Row("city", 'addresses[type eq "work"].locality'),
    Row("state", 'addresses[type eq "work"].region'),
    Row("postalCode", 'addresses[type eq "work"].postalCode'),
    Row("country", 'addresses[type eq "work"].country'),
    Row("telephoneNumber", 'phoneNumbers[type eq "work"].value'),
    Row("mobile", 'phoneNumbers[type eq "mobile"].value'),
    Row("facsimileTelephoneNumber", 'phoneNumbers[type eq "fax"].value'),
    Row("mailNickname", "externalId"),
    Row("employeeId", _ENTERPRISE + "employeeNumber"),
    Row("department", _ENTERPRISE + "department"),
    Row("manager", _ENTERPRISE + "manager"),
)
"""The default table of SCIM users.

Page: https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
"""

SCIM_GROUPS = (
    Row("displayName", "displayName", matching_priority=1),
    Row("objectId", "externalId"),
    Row("members", "members"),
)

NAMELESS = (Row(None, "id", matching_priority=1),)
"""A mapping of the service's own: disabled, nameless, without a source, and yet with a matching priority."""
