"""The synchronization templates of each kind of application.

No page tells the template ids of on-premises applications, so those here are the emulator's own: a client has to read
the list and take the template that is marked `default`, or the only one. `agentsOnly` offers two of which none is the
default, so that a guess goes wrong.
"""

import json
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.catalogue.attributes import attribute_definitions, object_definition
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from reconciler.emulator.synchronization.catalogue.mappings import (
    ECMA_USERS,
    NAMELESS,
    SCIM_GROUPS,
    SCIM_USERS,
    object_mapping,
)
from reconciler.emulator.synchronization.catalogue.source_tables import (
    CONTACT,
    DEVICE,
    GROUP,
    REFERENCED,
    SERVICE_PRINCIPAL,
    SMALL,
    USER,
)
from reconciler.emulator.synchronization.catalogue.target_tables import (
    ECMA_PREFIX,
    ECMA_USER,
    PLACEHOLDER,
    SCIM_GROUP,
    SCIM_USER,
)


class Template(Struct, frozen=True, kw_only=True):
    """One template: its id, whether it is the default of its application, and what its schema is made of.

    `locked` adds a rule that is not editable.
    """

    id: str
    kind: AppKind
    description: str
    source: str = "Azure Active Directory"
    target: str = "ScimOnPremises"
    default: bool = True
    needs_agent: bool = True
    locked: bool = False


TEMPLATES: tuple[Template, ...] = (
    Template(id="onPremisesEcma", kind=AppKind.ON_PREMISES_ECMA, description="On-premises ECMA app"),
    # The directory was renamed with the product; applications made since then say so.
    Template(
        id="onPremisesScim",
        kind=AppKind.ON_PREMISES_SCIM,
        description="On-premises SCIM app",
        source="Microsoft Entra ID",
    ),
    Template(
        id="scim", kind=AppKind.SCIM, description="Custom SCIM application", target="customappsso", needs_agent=False
    ),
    Template(id="agentUsers", kind=AppKind.AGENTS_ONLY, description="Users through an agent", default=False),
    Template(
        id="agentGroups",
        kind=AppKind.AGENTS_ONLY,
        description="Users and groups through an agent",
        default=False,
        locked=True,
    ),
)

_SENTINEL = "?-AF5CEBF5-81E9-4A85-9DA7-2277F1A6CBEF-?"
"""An object that the service keeps in its own directory; `User` stands there twice as well, as in real exports."""

_DISCOVERABLE = "AttributeNames, AttributeDataTypes, AttributeReadOnly"


def templates_of(kind: AppKind) -> tuple[Template, ...]:
    """Return the templates that an application of this kind offers."""
    return tuple(template for template in TEMPLATES if template.kind is kind)


def template_named(name: str) -> Template | None:
    """Return the template of this id, None where there is none."""
    return next((template for template in TEMPLATES if template.id == name), None)


def template_entity(template: Template) -> Entity:
    """Return the template as the service lists it, without its schema."""
    return {
        "id": template.id,
        "applicationId": template.kind.application_template,
        "default": template.default,
        "description": template.description,
        "discoverable": True,
        "factoryTag": template.id,
        "metadata": _metadata(template),
    }


@lru_cache(maxsize=len(TEMPLATES))
def template_schema(template: Template) -> Entity:
    """Return the whole schema of a template, about 300 kB of it directories. Callers must not change it."""
    return {
        "id": f"{template.id}.{'0' * 32}",
        "version": "6.0",
        "directories": [_source_directory(template), _target_directory(template)],
        "synchronizationRules": [_rule(template), *_locked_rules(template)],
    }


def rule_ids(template: Template) -> frozenset[str]:
    """Return the ids of the synchronization rules that the template has."""
    return frozenset(_id(template, part) for part in (("rule", "locked") if template.locked else ("rule",)))


def _metadata(template: Template) -> list[Entity]:
    fields = [{"name": "baseaddress"}, {"name": "secrettoken", "secret": True}]
    agent = str(template.needs_agent).lower()
    facts = {
        # Real templates bear this key twice; no enumeration has it.
        "AzureIngestionAttributeOptimization": "False",
        "galleryApplicationIdentifier": template.kind.application_template,
        "galleryApplicationKey": template.kind.lower(),
        "isSynchronizationInPreview": "false",
        "isSynchronizationAgentRequired": agent,
        "IsSynchronizationAgentAssignmentRequired": agent,
        "configurationFields": json.dumps(fields, separators=(",", ":")),
    }
    entries: list[Entity] = [{"key": key, "value": value} for key, value in facts.items()]
    return [entries[0], *entries]


def _source_directory(template: Template) -> Entity:
    user = attribute_definitions(USER, references=REFERENCED)
    objects = [
        object_definition("Contact", attribute_definitions(CONTACT, references=REFERENCED), soft_deletion=True),
        object_definition("Device", attribute_definitions(DEVICE, references=REFERENCED), soft_deletion=True),
        object_definition("Group", attribute_definitions(GROUP, references=REFERENCED), soft_deletion=True),
        object_definition(
            "ServicePrincipal", attribute_definitions(SERVICE_PRINCIPAL, references=REFERENCED), soft_deletion=True
        ),
        object_definition("User", user, soft_deletion=True),
        object_definition("User", user, soft_deletion=True),
        *(
            object_definition(name, attribute_definitions(table, references=REFERENCED), soft_deletion=False)
            for name, table in SMALL
        ),
        object_definition(_SENTINEL, user, soft_deletion=False),
    ]
    return _directory(template, "source", template.source, objects, read_only=True, version="2.0")


def _target_directory(template: Template) -> Entity:
    return _directory(template, "target", template.target, _target_objects(template), read_only=False, version=None)


def _target_objects(template: Template) -> list[Entity]:
    if template.kind is AppKind.ON_PREMISES_ECMA:
        users = attribute_definitions(PLACEHOLDER) + attribute_definitions(ECMA_USER, prefix=ECMA_PREFIX)
        return [object_definition("User", users, soft_deletion=False)]
    user, group = _scim_names(template)
    return [
        object_definition(user, attribute_definitions(SCIM_USER, references=(user, group)), soft_deletion=False),
        object_definition(group, attribute_definitions(SCIM_GROUP, references=(user, group)), soft_deletion=False),
    ]


def _scim_names(template: Template) -> tuple[str, str]:
    if template.kind is AppKind.SCIM:
        return (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:Group",
        )
    return "User", "Group"


def _directory(
    template: Template, part: str, name: str, objects: list[Entity], *, read_only: bool, version: str | None
) -> Entity:
    return {
        "discoverabilities": "None" if read_only else _DISCOVERABLE,
        "discoveryDateTime": None,
        "id": _id(template, part),
        "name": name,
        "objects": objects,
        "readOnly": read_only,
        "version": version,
    }


def _rule(template: Template) -> Entity:
    return _rule_of(template, "rule", "USERGROUP_OUTBOUND_USERGROUP", _mappings(template), editable=True)


def _mappings(template: Template) -> list[Entity]:
    source = template.source
    if template.kind is AppKind.ON_PREMISES_ECMA:
        users = object_mapping(f"Provision {source} Users", "User", "User", ECMA_USERS, enabled=True)
        return [users, object_mapping(None, "", "User", NAMELESS, enabled=False)]
    user, group = _scim_names(template)
    return [
        object_mapping(f"Provision {source} Groups", "Group", group, SCIM_GROUPS, enabled=True),
        object_mapping(f"Provision {source} Users", "User", user, SCIM_USERS, enabled=True),
        object_mapping(None, "", user, NAMELESS, enabled=False),
    ]


def _locked_rules(template: Template) -> list[Entity]:
    if not template.locked:
        return []
    mapping = object_mapping("Provision groups by the service", "Group", "Group", SCIM_GROUPS, enabled=True)
    return [_rule_of(template, "locked", "GROUP_BY_SERVICE", [mapping], editable=False)]


def _rule_of(template: Template, part: str, name: str, mappings: list[Entity], *, editable: bool) -> Entity:
    return {
        "containerFilter": None,
        "editable": editable,
        "groupFilter": None,
        "id": _id(template, part),
        "metadata": [{"key": "supportsProvisionOnDemand", "value": "true"}],
        "name": name,
        "objectMappings": mappings,
        "priority": 1 if editable else 2,
        "sourceDirectoryName": template.source,
        "targetDirectoryName": template.target,
    }


def _id(template: Template, part: str) -> str:
    """Name a directory or rule by the template that it belongs to, so that two seeds of one file agree."""
    return str(uuid5(NAMESPACE_URL, f"emulator:{template.id}:{part}"))
