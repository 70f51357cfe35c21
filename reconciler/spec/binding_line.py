"""The line that binds a spec file to its schema, for editors: to a copy of the schema in the same repository.

An address on the network would need the network and would follow another version; a copy is what this repository was
written for, and `reconciler schema spec` writes it anew.
"""

from __future__ import annotations

SCHEMA_FILE = ".schema/spec.schema.json"
"""Where the copy lies below the spec's directory; a part that begins with a dot, so that it is no part of the spec."""


def binding_line(file: str) -> str:
    """The first line of a file of this name, relative to the spec's directory, as the YAML language server reads it."""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{SCHEMA_FILE}\n"
