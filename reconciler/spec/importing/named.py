"""The mappings that a spec names already: what an import's apps may use, and what each of its apps uses."""

from __future__ import annotations

from reconciler.spec.files import SpecFiles
from reconciler.spec.importing.sharing import Known
from reconciler.spec.mappings import reusable
from reconciler.spec.merge import merged
from reconciler.spec.names import Names
from reconciler.spec.parse import parse


def named_mappings(files: SpecFiles) -> tuple[Known, ...]:
    """The mappings of a spec that validates, in the order of their keys."""
    entries = merged([parse(file.name, file.content) for file in files.files]).entries("mappings")
    built = reusable(entries, Names({}, complete=False))
    return tuple(Known(key, mapping, built.prefixes[key], theirs=True) for key, mapping in sorted(built.shared.items()))
