"""A document to spoil in tests: that of the SCIM template, as a client would read it."""

import json
from typing import Any

from reconciler.emulator.synchronization.catalogue.templates import Template, template_named, template_schema


def template(name: str) -> Template:
    found = template_named(name)
    assert found is not None
    return found


def document(name: str = "onPremisesScim") -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(template_schema(template(name))))
    return copied


def users(schema: dict[str, Any]) -> dict[str, Any]:
    """The mapping of users: the enabled one whose source is User."""
    found: dict[str, Any] = next(
        mapping
        for mapping in schema["synchronizationRules"][0]["objectMappings"]
        if mapping["sourceObjectName"] == "User"
    )
    return found
