"""Whether a document has the shape of a spec: nearly always answered at once, and explained where it has not."""

from __future__ import annotations

from reconciler.model.finding import Finding, has_errors
from reconciler.spec.schema import SpecSchema
from reconciler.spec.tree import Document


def check(document: Document, schema: SpecSchema) -> tuple[Finding, ...]:
    """Every fault of a document's shape. A document that was refused is not looked at: its values may be made up."""
    if document.root is None or has_errors(document.findings) or schema.accepts(document.root):
        return ()
    from reconciler.spec.explain import explained  # noqa: PLC0415 - jsonschema is slow to import, and rarely needed

    return explained(document, schema)
