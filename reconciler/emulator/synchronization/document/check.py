"""Take a document that a client sends: check it whole, and fill in what the service fills in."""

from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.document.expressions import check_expressions
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.protection import check_protected
from reconciler.emulator.synchronization.document.reading import entities
from reconciler.emulator.synchronization.document.references import check_references
from reconciler.emulator.synchronization.document.shape import check_shape

DEFAULT_FLOW_TYPES = "Add, Update, Delete"
"""What an object mapping flows when the document does not say."""


def accept_document(sent: object, current: Entity, rule_ids: frozenset[str]) -> Entity:
    """Return the document that replaces `current`, without annotations of its own (`@odata.…` at its top).

    Everything else stays as it came, unknown members too; what was absent stays absent, but for `flowTypes`.
    `id` and `version` are the service's and are left out for the caller to set.
    Raises DocumentFault where the service answers 400. `sent` itself is not changed beyond `flowTypes`.
    """
    if not isinstance(sent, dict):
        raise DocumentFault("schema : The body is not an object.")
    # Directories are nine tenths of a document and rarely change: equal ones were checked when they came.
    same = sent.get("directories") == current.get("directories")
    check_shape({name: value for name, value in sent.items() if not (same and name == "directories")})
    document = {name: value for name, value in sent.items() if "@odata." not in name and name not in ("id", "version")}
    for rule in entities(document, "synchronizationRules"):
        for mapping in entities(rule, "objectMappings"):
            mapping.setdefault("flowTypes", DEFAULT_FLOW_TYPES)
    check_references(document, rule_ids)
    check_expressions(document)
    check_protected(document, current)
    return document
