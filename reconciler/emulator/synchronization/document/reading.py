"""Read members of a document whose shape has been checked."""

from reconciler.emulator.odata import Entity


def entities(parent: object, member: str) -> list[Entity]:
    """Return the objects of a collection member; empty where it is null or absent."""
    found = parent.get(member) if isinstance(parent, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text(parent: Entity, member: str) -> str:
    """Return a text member; empty where it is null or absent."""
    found = parent.get(member)
    return found if isinstance(found, str) else ""
