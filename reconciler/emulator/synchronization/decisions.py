"""What no page tells of provisioning, and how it is here: for the page of what the emulator supports."""

DECISIONS: tuple[str, ...] = (
    (
        "The template ids of on-premises applications are the emulator's own. A client reads the list and takes"
        " the template that is `default`, or the only one; the application `Agent samples` has two, and neither"
        " is."
    ),
    (
        "A schema's rules have to be the template's (others, and rules without an id, are 400); a rule with"
        " `editable: false` must come back as it was, metadata that are sent must be those that were read."
    ),
    "An enabled mapping of users needs an attribute with a `matchingPriority` above 0, else 400.",
    (
        "Target attributes need not be in the target's directory; source objects, target objects and the operands"
        " of filters need to be."
    ),
    (
        "Members of a schema that are unknown stay as they came, absent ones stay absent; only `flowTypes` gets"
        " its documented default. `id` and `version` are the service's."
    ),
    (
        "A schema that is saved, or a change of `SyncAll`, begins an initial cycle; a job that does not run owes"
        " it until it is started. An initial cycle takes a minute. `GET /emulator/cycles` counts them."
    ),
    (
        "A start without a tenant URL is 204, and shows as a quarantine with the code"
        " `SystemForCrossDomainIdentityManagementInvalidCredentials`. So does a running job whose tenant URL is"
        " removed, or whose token was overwritten with `*`. A mended URL counts from the next attempt on, five"
        " minutes later."
    ),
    (
        "A restart without criteria is `Full`. Only `Full`, `Watermark` and `ConnectorDataStore` make an initial"
        " cycle, only `Full` and `QuarantineState` lift a quarantine."
    ),
    "PATCH of a job takes `synchronizationJobSettings` only, and replaces them whole.",
    (
        "`GET …/secrets` is on no page, but clients rely on it. Secrets are sealed in the database with a key"
        " that lies in a row of its own: a copied table or a search for a token finds none, whoever has the whole"
        " file can open it."
    ),
    "An absent `SyncAll` means assigned users only.",
    (
        "`$filter` compares texts without case, and `$orderby` sorts them so; nulls come first. A literal of"
        " another type than the member's is 400. `$top` is the size of a page, from 1 to 999."
    ),
)
"""One sentence or two each, in Markdown."""
