"""Check that what a client must not change has stayed: rules that are not editable, and metadata."""

from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.reading import entities, text


def check_protected(document: Entity, current: Entity) -> None:
    """Raise DocumentFault where `document` changes a locked rule or metadata of the `current` document.

    Null and absent are the same here, and flags are sets: some clients leave out nulls and write flags without blanks.
    Metadata that are absent were erased by a client that does not know them, which the service lets pass.
    Page: https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationrule
    """
    sent = {text(rule, "id"): rule for rule in entities(document, "synchronizationRules")}
    for rule in entities(current, "synchronizationRules"):
        identity = text(rule, "id")
        new = sent.get(identity)
        if rule.get("editable") is False and (new is None or _comparable(new) != _comparable(rule)):
            raise DocumentFault(f"schema : The synchronization rule '{identity}' is not editable.")
        if new is not None:
            _check_metadata(new, rule)


def _check_metadata(new: Entity, rule: Entity) -> None:
    _same_metadata(new, rule, text(rule, "name"))
    known = {_mapping_key(mapping): mapping for mapping in entities(rule, "objectMappings")}
    for mapping in entities(new, "objectMappings"):
        if _mapping_key(mapping) in known:
            _same_metadata(mapping, known[_mapping_key(mapping)], text(mapping, "name"))


def _mapping_key(mapping: Entity) -> tuple[str, str, str]:
    return text(mapping, "sourceObjectName"), text(mapping, "targetObjectName"), text(mapping, "name")


def _same_metadata(new: Entity, old: Entity, name: str) -> None:
    if new.get("metadata") is not None and _pairs(new) != _pairs(old):
        raise DocumentFault(f"schema : The metadata of '{name}' must not be changed.")


def _pairs(owner: Entity) -> list[tuple[str, str]]:
    return sorted((text(pair, "key"), text(pair, "value")) for pair in entities(owner, "metadata"))


def _comparable(value: object, member: str = "") -> object:
    match value:
        case dict():
            kept = {str(key): inner for key, inner in value.items() if inner is not None and "@odata" not in str(key)}
            return {key: _comparable(inner, key) for key, inner in kept.items()}
        case list():
            return [_comparable(inner) for inner in value]
        case str() if member == "flowTypes":
            return frozenset(word.strip() for word in value.split(","))
        case _:
            return value
