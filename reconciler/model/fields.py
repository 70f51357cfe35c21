"""One table per kind of thing: its fields, how each is compared, who owns it and what clearing it means.

Parser, diff, drift, report and reference pages derive from these tables. The wire paths of the same keys stand in
`reconciler.msgraph.wire`, and a test finds none missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Kind


class Surface(Enum):
    """A part of the service that credentials may or may not reach."""

    TOPOLOGY = "topology"
    APPS = "apps"
    HOSTS = "hosts"


class Normaliser(Enum):
    """How two values of a field are made comparable."""

    TEXT = "text, compared as it is"
    NAME = "text, compared without case"
    NUMBER = "whole number"
    SWITCH = "true or false"
    CHOICE = "one of a few words"
    REFERENCE = "the address of another thing"
    REFERENCES = "a set of addresses"
    TEXTS = "a list of texts, order matters"
    TIME = "a time of day or a moment"
    URL = "a URL, compared without a last slash"
    SECRET = "a secret, compared by version only"  # noqa: S105 - words about a secret, not one
    MAPPING = "an object mapping, compared part by part"


class Ownership(Enum):
    """Who owns a collection: WHOLE, what the spec omits is removed; BY_KEY, what it omits stays unless we set it."""

    SINGLE = "single"
    WHOLE = "whole"
    BY_KEY = "by key"


class Clearing(Enum):
    """What `null`, `[]` or `{}` means for a field; a token is cleared by `null` alone."""

    REFUSED = "cannot be cleared"
    REMOVES = "removes the value"
    EMPTIES = "empties the collection"
    UNASSIGNS = "unassigns the app from its group"
    ENDS_TOKEN = "takes the token away: the service then sends one of its own"  # noqa: S105 - no token


class Role(Enum):
    """What a field is for."""

    MANAGED = "compared with the service and written to it"
    BINDING = "finds the live object"
    POLICY = "declared for rules and guards only"
    OBSERVED = "only the service says it"


class Field(Struct, frozen=True):
    """One field of one kind. `key` is the path in the spec below the thing's key, and the cell's key in every state.

    `surface` is the part of the service that shows the field; None where the service does not show it under this key.
    """

    key: str
    summary: str
    normaliser: Normaliser = Normaliser.TEXT
    role: Role = Role.MANAGED
    surface: Surface | None = None
    ownership: Ownership = Ownership.SINGLE
    clearing: Clearing = Clearing.REFUSED
    secret: bool = False


MAPPINGS = "mapping"
"""The field of all object mappings of an app. A live cell of this key says that none of them could be read."""

MAPPING_PREFIX = f"{MAPPINGS}/"
"""Before the source object's name, the cell key of an app's object mapping: `mapping/User`."""

_AGENT = (
    Field("id", "the live object's id, where the name does not decide", role=Role.BINDING),
    Field(
        "machineName",
        "the host's name as the agent registered it",
        Normaliser.NAME,
        Role.BINDING,
        Surface.TOPOLOGY,
    ),
    Field("site", "where the host stands", role=Role.POLICY),
    Field("egress", "the outbound connection that the host uses", role=Role.POLICY),
    Field("purpose", "what the agent serves: app provisioning, cloud sync or HR", Normaliser.CHOICE, Role.POLICY),
    Field("proxy", "the outbound proxy", Normaliser.REFERENCE, surface=Surface.HOSTS, clearing=Clearing.REMOVES),
    Field("status", "active or inactive", Normaliser.NAME, Role.OBSERVED, Surface.TOPOLOGY),
    Field("externalIp", "the address that the service sees", role=Role.OBSERVED, surface=Surface.TOPOLOGY),
)

_GROUP = (
    Field("id", "the live object's id, where the name does not decide", role=Role.BINDING),
    Field("displayName", "the group's name", surface=Surface.TOPOLOGY),
    Field(
        "agents",
        "the agents that are members",
        Normaliser.REFERENCES,
        surface=Surface.TOPOLOGY,
        ownership=Ownership.WHOLE,
        clearing=Clearing.EMPTIES,
    ),
    Field("standby", "passive agents, kept out of the group until a failover", Normaliser.REFERENCES, Role.POLICY),
    Field("availability", "the profile of availability", Normaliser.CHOICE, Role.POLICY),
    Field("previously.key", "the key before a rename", role=Role.BINDING),
    Field("previously.displayName", "the live name before a rename", Normaliser.NAME, Role.BINDING),
    Field("isDefault", "whether the system made it", Normaliser.SWITCH, Role.OBSERVED, Surface.TOPOLOGY),
)

_APP = (
    Field("servicePrincipal.id", "the principal's object id", role=Role.BINDING),
    Field("servicePrincipal.appId", "the principal's application id", role=Role.BINDING),
    Field("servicePrincipal.displayName", "the principal's name, where unique", Normaliser.NAME, Role.BINDING),
    Field("previously.key", "the key before a rename", role=Role.BINDING),
    Field("resource.id", "the published resource's id", role=Role.BINDING, surface=Surface.TOPOLOGY),
    Field(
        "resource.resourceName",
        "the published resource's natural name",
        Normaliser.NAME,
        Role.BINDING,
        Surface.TOPOLOGY,
    ),
    Field("resource.displayName", "the published resource's shown name", surface=Surface.TOPOLOGY),
    Field(
        "group",
        "the one agent group that serves the app",
        Normaliser.REFERENCE,
        surface=Surface.TOPOLOGY,
        clearing=Clearing.UNASSIGNS,
    ),
    Field("connector.host", "the connector host behind the URL", Normaliser.REFERENCE, Role.POLICY),
    Field("connector.name", "the connector's name on its host, case matters", role=Role.POLICY),
    Field("connector.url", "the tenant URL that agents call", Normaliser.URL, surface=Surface.APPS),
    Field(
        "connector.secretToken",
        "the token that agents send",
        Normaliser.SECRET,
        surface=Surface.APPS,
        clearing=Clearing.ENDS_TOKEN,
        secret=True,
    ),
    Field(
        "connector.compatibilityKey",
        "the key that some services keep for their agents",
        Normaliser.SECRET,
        surface=Surface.APPS,
        secret=True,
    ),
    Field(
        "job.template",
        "the template of the job, `default` for the template's own choice",
        role=Role.BINDING,
        surface=Surface.APPS,
    ),
    Field("job.id", "the live job's id", role=Role.OBSERVED, surface=Surface.APPS),
    Field("job.enabled", "whether the job runs on schedule", Normaliser.SWITCH, surface=Surface.APPS),
    Field("job.status", "what the service says of the job", Normaliser.NAME, Role.OBSERVED, Surface.APPS),
    Field("job.quarantine", "why the job is in quarantine, and since when", role=Role.OBSERVED, surface=Surface.APPS),
    Field("provisioning.scope", "assigned users or all", Normaliser.CHOICE, surface=Surface.APPS),
    Field(
        "provisioning.deleteThreshold",
        "deletions in one cycle that stop it",
        Normaliser.NUMBER,
        surface=Surface.APPS,
        clearing=Clearing.REMOVES,
    ),
    Field(
        "provisioning.notify",
        "who is told of quarantine and refused deletions",
        Normaliser.NAME,
        surface=Surface.APPS,
        clearing=Clearing.REMOVES,
    ),
    Field(
        "provisioning.skipOutOfScopeDeletions",
        "whether users who leave the scope are left alone",
        Normaliser.SWITCH,
        surface=Surface.APPS,
    ),
    Field("provisioning.canary", "users that must provision before a change counts", Normaliser.TEXTS, Role.POLICY),
    Field(
        "mapping",
        "object mappings, one per source object",
        Normaliser.MAPPING,
        surface=Surface.APPS,
        ownership=Ownership.BY_KEY,
    ),
)

_MAPPING = (
    Field(
        "flow",
        "what may be done to objects of the target",
        Normaliser.CHOICE,
        surface=Surface.APPS,
        ownership=Ownership.WHOLE,
        clearing=Clearing.EMPTIES,
    ),
    Field(
        "match",
        "matching attributes in order of precedence",
        Normaliser.TEXTS,
        surface=Surface.APPS,
        ownership=Ownership.WHOLE,
    ),
    Field(
        "filter",
        "who is in scope",
        Normaliser.MAPPING,
        surface=Surface.APPS,
        ownership=Ownership.WHOLE,
        clearing=Clearing.EMPTIES,
    ),
    Field(
        "attributes",
        "attribute mappings by target name",
        Normaliser.MAPPING,
        surface=Surface.APPS,
        ownership=Ownership.BY_KEY,
        clearing=Clearing.REMOVES,
    ),
)

_PROXY = (
    Field("address", "http://host:port", Normaliser.URL, surface=Surface.HOSTS),
    Field("bypassOnLocal", "whether names without a dot go direct", Normaliser.SWITCH, surface=Surface.HOSTS),
    Field(
        "bypass",
        "regular expressions of what goes direct",
        Normaliser.TEXTS,
        surface=Surface.HOSTS,
        ownership=Ownership.WHOLE,
        clearing=Clearing.EMPTIES,
    ),
    Field("useSystemDefault", "whether unnamed settings are the system's", Normaliser.SWITCH, surface=Surface.HOSTS),
    Field("useDefaultCredentials", "whether the service's identity signs in", Normaliser.SWITCH, surface=Surface.HOSTS),
    Field("enabled", "whether a proxy is used at all", Normaliser.SWITCH, surface=Surface.HOSTS),
)

_CONNECTOR_HOST = (
    Field("address", "the host's name", Normaliser.NAME, Role.POLICY),
    Field("port", "the port that the connector host listens on", Normaliser.NUMBER, Role.POLICY),
)

_UPDATER = (
    Field("window.start", "when automatic updates may begin", Normaliser.TIME, surface=Surface.TOPOLOGY),
    Field("window.end", "when automatic updates must have ended", Normaliser.TIME, surface=Surface.TOPOLOGY),
    Field("allowOverride", "whether a host may set its own", Normaliser.SWITCH, surface=Surface.TOPOLOGY),
    Field(
        "deferUntil",
        "no updates before this moment",
        Normaliser.TIME,
        surface=Surface.TOPOLOGY,
        clearing=Clearing.REMOVES,
    ),
)

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.AGENT: _AGENT,
    Kind.GROUP: _GROUP,
    Kind.APP: _APP,
    Kind.MAPPING: _MAPPING,
    Kind.PROXY: _PROXY,
    Kind.CONNECTOR_HOST: _CONNECTOR_HOST,
    Kind.UPDATER: _UPDATER,
}

_BY_KEY = {(kind, field.key): field for kind, fields in FIELDS.items() for field in fields}


def field_of(kind: Kind, key: str) -> Field:
    """The field that a cell's key belongs to; every `mapping/…` key belongs to `mapping`. Raises KeyError."""
    return _BY_KEY[kind, MAPPINGS if key.startswith(MAPPING_PREFIX) else key]


def is_field(kind: Kind, key: str) -> bool:
    """Whether a cell's key belongs to a field of this kind."""
    return (kind, MAPPINGS if key.startswith(MAPPING_PREFIX) else key) in _BY_KEY


def surface_of(kind: Kind, key: str) -> Surface | None:
    """The surface that shows a cell; None where no surface shows it."""
    field = _BY_KEY.get((kind, MAPPINGS if key.startswith(MAPPING_PREFIX) else key))
    return field.surface if field else None


def managed(kind: Kind, surface: Surface | None = None) -> tuple[Field, ...]:
    """The fields of a kind that are compared with the service, of one surface or of all."""
    return tuple(
        field for field in FIELDS[kind] if field.role is Role.MANAGED and (surface is None or field.surface is surface)
    )
