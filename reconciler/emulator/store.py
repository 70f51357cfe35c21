"""Everything the service remembers, in one SQLite database, with what each reader may already see of it.

A write appends a revision; a revision has the moment from which reads show it. Whoever reads holds a View of one moment
and gets, of each thing, the newest revision that is visible then. What no view can need any more is removed.

    revision 7   group G, "HR"          visible from 10.0      View(12.0) sees "HR"
    revision 9   group G, "HR apps"     visible from 15.0      View(15.0) sees "HR apps", and 7 is superseded
    revision 12  group G, removed       visible from 20.0      TRUTH sees none

Ids, owners and aliases are compared without case, as the service compares GUIDs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

Document = dict[str, object]

TRUTH = float("inf")
"""The moment of a view that shows all that was written, whether visible to readers or not."""

MAX_CALLS = 100_000
"""How many calls the log keeps; older ones are dropped."""

_TABLES = """
CREATE TABLE IF NOT EXISTS revision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL COLLATE NOCASE,
    owner TEXT NOT NULL COLLATE NOCASE,
    alias TEXT NOT NULL COLLATE NOCASE,
    ordinal INTEGER NOT NULL,
    since REAL NOT NULL,
    visible_at REAL NOT NULL,
    body TEXT
);
CREATE INDEX IF NOT EXISTS revision_by_id ON revision (kind, id);
CREATE INDEX IF NOT EXISTS revision_by_owner ON revision (kind, owner);
CREATE INDEX IF NOT EXISTS revision_by_alias ON revision (kind, alias);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, request_id TEXT NOT NULL,
    within TEXT NOT NULL
);
"""

_VISIBLE = """
SELECT id, owner, alias, since, body FROM revision AS r
WHERE kind = :kind AND {which} AND visible_at <= :moment AND body IS NOT NULL AND number = (
    SELECT max(number) FROM revision AS newer
    WHERE newer.kind = r.kind AND newer.id = r.id AND newer.visible_at <= :moment)
ORDER BY ordinal
"""
_BY_ID = _VISIBLE.format(which="id = :id")
_ALL = _VISIBLE.format(which="1")
_BY_OWNER = _VISIBLE.format(which="owner = :owner")
_BY_ALIAS = _VISIBLE.format(which="alias = :alias")


class Kind(StrEnum):
    """What a row is. What a service principal owns goes with it."""

    AGENT = "agent"
    AGENT_GROUP = "agentGroup"
    PUBLISHED_RESOURCE = "publishedResource"
    AGENT_MEMBERSHIP = "agentMembership"
    """An edge: owner is the agent, alias the agent group."""
    RESOURCE_ASSIGNMENT = "resourceAssignment"
    """An edge: owner is the published resource, alias the agent group."""
    PROFILE = "profile"
    CONNECTOR = "connector"
    """A row of the Hybrid Identity Service: id is the agent's, alias the connector's."""
    APPLICATION = "application"
    """Alias is the appId."""
    SERVICE_PRINCIPAL = "servicePrincipal"
    """Alias is the appId."""
    USER = "user"
    GROUP = "group"
    GROUP_MEMBER = "groupMember"
    """An edge: owner is the group, alias the member."""
    APP_ROLE_ASSIGNMENT = "appRoleAssignment"
    """Owner is the service principal that is assigned to, alias the one who is assigned."""
    JOB = "job"
    """Owner is the service principal."""
    SCHEMA = "schema"
    """Id is the job's, owner the service principal."""
    SECRETS = "secrets"
    """Id and owner are the service principal."""
    CYCLE = "cycle"
    """Id is the job's, owner the service principal."""
    AUDIT = "audit"
    """An entry of the directory audit log."""
    SEAL = "seal"
    """What secrets are sealed with."""


class Row(Struct, frozen=True):
    """One thing as a view shows it. `since` is when it was created, in seconds since 1970; `text` its JSON."""

    id: str
    owner: str
    alias: str
    since: float
    text: str

    @property
    def document(self) -> Document:
        """A fresh copy of the thing's JSON object."""
        found = json.loads(self.text)
        if not isinstance(found, dict):
            raise TypeError(f"the row {self.id} holds no object")
        return found


class LoggedCall(Struct, frozen=True):
    """One answered call: never a body, never a header that was sent."""

    at: str
    method: str
    path: str
    status: int
    request_id: str
    within: str = ""
    """For an item of a batch: the batch's request id."""


class View:
    """What can be seen at one moment: seconds since 1970, or TRUTH."""

    __slots__ = ("_connection", "_moment")

    def __init__(self, connection: sqlite3.Connection, moment: float) -> None:
        self._connection = connection
        self._moment = moment

    def row(self, kind: Kind, identifier: str) -> Row | None:
        """The thing of this id, None where it is not there or not visible."""
        return next(self._rows(_BY_ID, kind, id=identifier), None)

    def get(self, kind: Kind, identifier: str) -> Document | None:
        """The document of this id, None where it is not there or not visible."""
        row = self.row(kind, identifier)
        return row.document if row else None

    def rows(self, kind: Kind, *, owner: str | None = None, alias: str | None = None) -> list[Row]:
        """All things of a kind, or those of an owner or alias (not both), in the order in which they were created."""
        if owner is not None:
            return list(self._rows(_BY_OWNER, kind, owner=owner))
        if alias is not None:
            return list(self._rows(_BY_ALIAS, kind, alias=alias))
        return list(self._rows(_ALL, kind))

    def documents(self, kind: Kind, *, owner: str | None = None, alias: str | None = None) -> list[Document]:
        """The documents of `rows`."""
        return [row.document for row in self.rows(kind, owner=owner, alias=alias)]

    def _rows(self, query: str, kind: Kind, **keys: str) -> Iterator[Row]:
        found = self._connection.execute(query, {"kind": kind.value, "moment": self._moment, **keys})
        return (Row(*values) for values in found)


class Transaction:
    """Writes that are done together or not at all. Made by `Store.transaction`."""

    __slots__ = ("_connection", "_now", "_visible_at")

    def __init__(self, connection: sqlite3.Connection, now: float, visible_at: float) -> None:
        self._connection = connection
        self._now = now
        self._visible_at = visible_at

    def put(
        self,
        kind: Kind,
        identifier: str,
        body: Document | str,
        *,
        owner: str = "",
        alias: str = "",
        since: float | None = None,
    ) -> None:
        """Create or replace a thing. `body` is its object, or the JSON text of it, which is kept as it stands.

        `since` is set by the first put and kept by those that follow, unless given. Owner and alias are the last put's.
        """
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        ordinal, first = self._existing(kind, identifier)
        since = first if since is None else since
        self._append(kind, identifier, owner, alias, ordinal, since, text)

    def delete(self, kind: Kind, identifier: str) -> bool:
        """Remove a thing; gives whether it was there."""
        row = View(self._connection, TRUTH).row(kind, identifier)
        if row is None:
            return False
        ordinal, _ = self._existing(kind, identifier)
        self._append(kind, row.id, row.owner, row.alias, ordinal, row.since, None)
        return True

    def delete_all(self, kind: Kind, *, owner: str | None = None, alias: str | None = None) -> int:
        """Remove all things of a kind, or those of an owner or alias; gives how many."""
        rows = View(self._connection, TRUTH).rows(kind, owner=owner, alias=alias)
        return sum(self.delete(kind, row.id) for row in rows)

    def set(self, name: str, value: str) -> None:
        """Keep a setting of the service itself; it is visible at once."""
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def _existing(self, kind: Kind, identifier: str) -> tuple[int, float]:
        """Place in the order of creation and time of creation: the old ones where it exists, else new ones."""
        found = self._connection.execute(
            "SELECT ordinal, since, body IS NOT NULL FROM revision WHERE kind = ? AND id = ? ORDER BY number DESC",
            (kind.value, identifier),
        ).fetchone()
        if found and found[2]:
            return int(found[0]), float(found[1])
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM revision").fetchone()
        return int(last) + 1, self._now

    def _append(
        self, kind: Kind, identifier: str, owner: str, alias: str, ordinal: int, since: float, body: str | None
    ) -> None:
        key = (kind.value, identifier)
        self._connection.execute(
            "INSERT INTO revision (kind, id, owner, alias, ordinal, since, visible_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, owner, alias, ordinal, since, self._visible_at, body),
        )
        self._connection.execute(
            "DELETE FROM revision WHERE kind = ? AND id = ? AND number <"
            " (SELECT max(number) FROM revision WHERE kind = ? AND id = ? AND visible_at <= ?)",
            (*key, *key, self._now),
        )
        if body is None and self._visible_at <= self._now:
            self._connection.execute("DELETE FROM revision WHERE kind = ? AND id = ?", key)


class _Whole(Struct, frozen=True):
    """A kind's documents as they are since the last write, and the moment from which every view shows them so."""

    written: int
    settled: float
    documents: tuple[Document, ...]


class Store:
    """The database. One connection, used from one event loop; `path` is a file or `:memory:`.

    A file is in WAL mode and every commit of a transaction reaches the disk: a kill leaves all of it or nothing.
    """

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10.0)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_TABLES)
        self._wholes: dict[Kind, _Whole] = {}

    def view(self, moment: float) -> View:
        """What can be seen at a moment: seconds since 1970, or TRUTH."""
        return View(self._connection, moment)

    def whole(self, kind: Kind, moment: float) -> tuple[Document, ...]:
        """All documents of a kind at a moment. They are read once between two writes, so nobody may change them.

        A client looks for a thousand principals by name, a few in each call; to parse all of them for each would take
        longer than all else. Not for use within a transaction, which may be undone.
        """
        written, known = self.written, self._wholes.get(kind)
        if known is not None and known.written == written and moment >= known.settled:
            return known.documents
        documents = tuple(self.view(moment).documents(kind))
        (settled,) = self._connection.execute(
            "SELECT coalesce(max(visible_at), 0) FROM revision WHERE kind = ?", (kind.value,)
        ).fetchone()
        if moment >= settled:
            self._wholes[kind] = _Whole(written, settled, documents)
        return documents

    @property
    def written(self) -> int:
        """How many revisions were ever written, those that are removed again among them."""
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'revision'").fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def transaction(self, now: float, delay: float = 0.0) -> Iterator[Transaction]:
        """Writes made at `now` that reads show `delay` seconds later; undone as a whole where an exception leaves.

        Nothing may be awaited within.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield Transaction(self._connection, now, now + delay)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def setting(self, name: str) -> str | None:
        """A setting of the service itself, None where it was never kept."""
        found = self._connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever kept in it."""
        return self._connection.execute("SELECT 1 FROM setting LIMIT 1").fetchone() is None

    def log(self, call: LoggedCall) -> None:
        """Add a call to the log. It survives a kill of the process, but need not survive a power cut."""
        self._connection.execute("PRAGMA synchronous = NORMAL")
        number = self._connection.execute(
            "INSERT INTO call (at, method, path, status, request_id, within) VALUES (?, ?, ?, ?, ?, ?)",
            (call.at, call.method, call.path, call.status, call.request_id, call.within),
        ).lastrowid
        if number is not None and number % 1000 == 0:
            self._connection.execute("DELETE FROM call WHERE number <= ?", (number - MAX_CALLS,))
        self._connection.execute("PRAGMA synchronous = FULL")

    def calls(self) -> list[LoggedCall]:
        """The log, oldest first."""
        found = self._connection.execute(
            "SELECT at, method, path, status, request_id, within FROM call ORDER BY number"
        )
        return [LoggedCall(*values) for values in found]

    def clear(self) -> None:
        """Forget everything, the log too."""
        self._wholes.clear()
        self._connection.execute("BEGIN IMMEDIATE")
        for table in ("revision", "setting", "call"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 (fixed names)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
