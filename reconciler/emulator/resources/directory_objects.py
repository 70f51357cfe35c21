"""List, count, get, change and delete directory objects: what users, groups, applications and principals share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from reconciler.emulator.bodies import Check, checked
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Handler, Operation
from reconciler.emulator.directory import readable, writable
from reconciler.emulator.resources.directory_types import DIRECTORY
from reconciler.emulator.store import Document, Kind, Transaction


def _removed(context: Context, writing: Transaction, document: Document, kind: Kind) -> None:
    del context
    writing.delete(kind, str(document["id"]))


def _as_it_is(document: Document, changes: Document) -> Document:
    return document | changes


class DirectoryResource(Struct, frozen=True, kw_only=True):
    """One type of directory object.

    `remove` deletes it and what goes with it; `change` applies checked changes to its document, and `alias` gives the
    second key under which the store knows it.
    """

    kind: Kind
    type_name: str
    path: str
    noun: str
    page: str
    members: Mapping[str, Check]
    units: int = 1
    alias: Callable[[Document], str] = lambda _document: ""
    remove: Callable[[Context, Transaction, Document, Kind], None] = _removed
    change: Callable[[Document, Document], Document] = _as_it_is

    def operations(self) -> tuple[Operation, ...]:
        """The operations of all directory objects, without creation, which each does its own way."""
        one = f"{self.path}/{{{self.type_name}}}"
        return (
            self._operation("GET", self.path, self._list, f"list {self.noun}s", "list", self.units),
            self._operation("GET", f"{self.path}/$count", self._count, f"count {self.noun}s", "list", self.units),
            self._operation("GET", one, self._get, f"get one {self.noun}", "get", self.units),
            self._operation("PATCH", one, self._update, f"change one {self.noun}", "update", 1),
            self._operation("DELETE", one, self._delete, f"delete one {self.noun}", "delete", 1),
        )

    def _operation(self, method: str, template: str, handler: Handler, intent: str, page: str, units: int) -> Operation:
        return Operation(method, template, handler, intent, f"{self.page}-{page}", units=units)

    async def _list(self, context: Context, call: Call) -> Answer:
        return DIRECTORY.collection(self.type_name, context, call, self._all(context))

    async def _count(self, context: Context, call: Call) -> Answer:
        return DIRECTORY.count(self.type_name, call, self._all(context))

    def _all(self, context: Context) -> tuple[Document, ...]:
        return context.store.whole(self.kind, context.moment)

    async def _get(self, context: Context, call: Call) -> Answer:
        return DIRECTORY.one(self.type_name, context, call, readable(context, self.kind, call.keys[self.type_name]))

    async def _update(self, context: Context, call: Call) -> Answer:
        document = writable(context, self.kind, call.keys[self.type_name])
        changes = checked(call.json_object(), self.members)
        with context.transaction() as writing:
            changed = self.change(document, changes)
            writing.put(self.kind, str(document["id"]), changed, alias=self.alias(document))
        return NO_CONTENT

    async def _delete(self, context: Context, call: Call) -> Answer:
        document = writable(context, self.kind, call.keys[self.type_name])
        with context.transaction() as writing:
            self.remove(context, writing, document, self.kind)
        return NO_CONTENT
