"""Where in a document something is, and what a message calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.place import Place
from reconciler.spec.tree import Document, Items, Node, Table, first_line

KINDS: Mapping[str, Kind] = {
    "agents": Kind.AGENT,
    "groups": Kind.GROUP,
    "apps": Kind.APP,
    "proxies": Kind.PROXY,
    "connectorHosts": Kind.CONNECTOR_HOST,
    "mappings": Kind.MAPPING,
}
"""The kind of thing that each section of keys defines."""

Path = tuple[str | int, ...]
"""The keys and indexes that lead from the root of a document to a value."""

_SECRETS = frozenset(("secretToken", "compatibilityKey"))


class Site(Struct, frozen=True):
    """One value of a document."""

    document: Document
    path: Path

    @property
    def value(self) -> Node:
        """The value itself."""
        return self._walk(len(self.path))

    @property
    def place(self) -> Place:
        """Where the value stands."""
        if not self.path:
            return first_line(self.document.file)
        parent, last = self._walk(len(self.path) - 1), self.path[-1]
        return parent.place(str(last)) if isinstance(parent, Table) else cast("Items", parent).place(int(last))

    @property
    def key_place(self) -> Place:
        """Where the key of the value stands; for an item of a list, where the item stands."""
        parent = self._walk(len(self.path) - 1) if self.path else None
        if isinstance(parent, Table):
            return parent.key_place(str(self.path[-1]))
        return self.place

    @property
    def address(self) -> str:
        """The address of the thing that the value belongs to; "" where it belongs to none."""
        match self.path:
            case ("updates", *_):
                return str(UPDATER)
            case (str(section), str(key), *_) if section in KINDS:
                return str(Address(KINDS[section], key))
        return ""

    @property
    def name(self) -> str:
        """What a message calls the value: its keys from the thing on, such as `provisioning.scope` or `agents[2]`."""
        if not self.path:
            return "the file"
        inner = self.path[2:] if self.path[0] in KINDS and len(self.path) > 2 else self.path
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner)
        return dotted.removeprefix(".")

    @property
    def is_secret(self) -> bool:
        """Whether the value may be a secret that somebody put here, so that no message shows it."""
        return not _SECRETS.isdisjoint(self.path)

    def child(self, key: str) -> Site:
        """The value of a key of this table."""
        return Site(self.document, (*self.path, key))

    def _walk(self, steps: int) -> Node:
        node = self.document.root
        for part in self.path[:steps]:
            node = node[str(part)] if isinstance(node, Table) else cast("Items", node)[int(part)]
        return node
