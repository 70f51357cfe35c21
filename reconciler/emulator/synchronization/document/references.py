"""Check what a document refers to: directories, objects, attributes, operators, rules of the template."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.reading import entities, text
from reconciler.emulator.synchronization.operators import OPERATOR_NAMES

_FILTER_PARTS = ("groups", "inputFilterGroups", "categoryFilterGroups")


class _Objects(Struct, frozen=True):
    """The attributes of each object of one directory; an object that stands there twice has those of both."""

    attributes: Mapping[str, frozenset[str]]


def check_references(document: Entity, rule_ids: frozenset[str]) -> None:
    """Raise DocumentFault at the first name that refers to nothing; the document's shape has been checked.

    `rule_ids` are those of the template: the service takes no rule of a client's own.
    Page: https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationrule
    """
    directories = {text(found, "name"): _objects(found) for found in entities(document, "directories")}
    seen: set[str] = set()
    for rule in entities(document, "synchronizationRules"):
        identity = text(rule, "id")
        if identity not in rule_ids or identity in seen:
            raise DocumentFault(
                f"schema : The synchronization rule '{identity}' is not one of the template's, once each."
            )
        seen.add(identity)
        source = _directory(directories, rule, "sourceDirectoryName")
        target = _directory(directories, rule, "targetDirectoryName")
        for mapping in entities(rule, "objectMappings"):
            _check_mapping(mapping, source, target)


def _objects(directory: Entity) -> _Objects:
    found: dict[str, frozenset[str]] = {}
    for item in entities(directory, "objects"):
        names = frozenset(text(attribute, "name") for attribute in entities(item, "attributes"))
        found[text(item, "name")] = found.get(text(item, "name"), frozenset()) | names
    return _Objects(found)


def _directory(directories: Mapping[str, _Objects], rule: Entity, member: str) -> _Objects:
    name = text(rule, member)
    if name not in directories:
        raise DocumentFault(f"schema : The directory '{name}' of '{member}' is not defined in the schema.")
    return directories[name]


def _check_mapping(mapping: Entity, source: _Objects, target: _Objects) -> None:
    """Check one object mapping; the service's own mappings are disabled and may lack a source."""
    enabled = mapping.get("enabled") is not False
    for member, objects in (("sourceObjectName", source), ("targetObjectName", target)):
        name = text(mapping, member)
        if name not in objects.attributes and (enabled or name):
            raise DocumentFault(f"schema : The object '{name}' of '{member}' is not defined in its directory.")
    for clause in _clauses(mapping):
        operand, operator = text(clause, "sourceOperandName"), text(clause, "operatorName")
        if operand not in source.attributes.get(text(mapping, "sourceObjectName"), ()):
            raise DocumentFault(
                f"schema : The attribute '{operand}' of a filter clause is not defined in the source object."
            )
        if operator not in OPERATOR_NAMES:
            raise DocumentFault(f"schema : The operator '{operator}' of a filter clause is not known.")
    if enabled and text(mapping, "sourceObjectName") == "User":
        _check_matching(mapping)


def _check_matching(mapping: Entity) -> None:
    """A mapping of users needs an attribute to match by; that the service insists on it is inferred."""
    priorities = [found.get("matchingPriority") for found in entities(mapping, "attributeMappings")]
    if not any(isinstance(priority, int) and priority > 0 for priority in priorities):
        raise DocumentFault(f"schema : The object mapping '{text(mapping, 'name')}' has no matching attribute.")


def _clauses(mapping: Entity) -> Iterator[Entity]:
    scope = mapping.get("scope")
    for part in _FILTER_PARTS if isinstance(scope, dict) else ():
        for group in entities(scope, part):
            yield from entities(group, "clauses")
