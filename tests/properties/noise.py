"""A service that says the same each time in other words: what it may vary by itself, and nothing that anybody changed.

Around any application that answers as Graph does: order of members and of lists that mean sets, case of enumerated
words, blanks in flags, versions, members that are null or not there, annotations, members that nobody knows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SETS = frozenset(("agents", "agentGroups", "publishedResources", "attributeMappings", "objectMappings", "directories"))
"""Lists whose order means nothing, beside every list of a collection."""

WORDS = frozenset(("status", "state", "code", "flowType", "flowBehavior", "type"))
"""Members that hold one of a few words."""

FLAGS = frozenset(("flowTypes",))
VERSIONS = frozenset(("version", "lastModified", "templateVersion"))
DEFAULTS: Mapping[str, object] = {
    "exportMissingReferences": False,
    "flowBehavior": "FlowWhenChanged",
    "flowType": "Always",
    "flowTypes": "Add, Update, Delete",
    "type": "Attribute",
    "matchingPriority": 0,
    "defaultValue": None,
    "parameters": [],
}
"""Members that mean their default where they are not there."""


@dataclass
class Noise:
    """Varies documents by chance; `count` is how many variations were made. `kinds` narrows what is varied."""

    chance: random.Random
    likely: float = 0.5
    count: int = 0
    made: dict[str, int] = field(default_factory=dict)

    def varied(self, found: Any, name: str = "") -> Any:
        """The same document in other words."""
        if isinstance(found, dict):
            return self._object(found)
        if isinstance(found, list):
            items = [self.varied(item, name) for item in found]
            if name in SETS and len(items) > 1 and self._does("order of a list"):
                self.chance.shuffle(items)
            return items
        return self._scalar(found, name)

    def _object(self, found: Mapping[str, Any]) -> dict[str, Any]:
        name_of = "agents" if "@odata.context" in found else ""
        members = {name: self.varied(value, name_of if name == "value" else name) for name, value in found.items()}
        for name in [name for name, value in members.items() if value is None]:
            if self._does("a null member left out"):
                del members[name]
        for name in [name for name, value in DEFAULTS.items() if name in members and found[name] == value]:
            if self._does("a default left out"):
                del members[name]
        if self._does("an annotation"):
            members["@odata.etag"] = f'W/"{self.chance.getrandbits(64):x}"'
        if self._does("an unknown member"):
            members["x" + format(self.chance.getrandbits(32), "x")] = self.chance.choice([None, 1, "x", [], {}])
        if self._does("order of members"):
            pairs = list(members.items())
            self.chance.shuffle(pairs)
            members = dict(pairs)
        return members

    def _scalar(self, found: Any, name: str) -> Any:
        if not isinstance(found, str):
            return found
        if name in WORDS and self._does("case of a word"):
            return self.chance.choice([found.upper(), found.lower(), found[:1].swapcase() + found[1:]])
        if name in FLAGS and self._does("blanks and order of flags"):
            parts = [part.strip() for part in found.split(",")]
            self.chance.shuffle(parts)
            return self.chance.choice([",", ", ", " , "]).join(parts)
        if name in VERSIONS and self._does("a version"):
            return f"v{self.chance.getrandbits(32)}"
        return found

    def _does(self, kind: str) -> bool:
        if self.chance.random() >= self.likely:
            return False
        self.count += 1
        self.made[kind] = self.made.get(kind, 0) + 1
        return True


@dataclass
class Noisy:
    """An application around another, asked once for each call: what it answered comes again, in other words."""

    app: Any
    noise: Noise
    _known: dict[tuple[str, str, bytes, bytes], list[Any]] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        key = (scope["method"], scope["path"], scope["query_string"], message.get("body", b""))
        if key not in self._known:
            self._known[key] = await self._asked(scope, message)
        start, body = self._known[key]
        await send(start)
        varied = body if start["status"] != 200 else self._in_other_words(body)
        await send({"type": "http.response.body", "body": json.dumps(varied).encode()})

    async def _asked(self, scope: Any, message: Any) -> list[Any]:
        heard: list[Any] = []

        async def receive() -> Any:
            return message

        async def take(part: Any) -> None:
            heard.append(part)

        await self.app(scope, receive, take)
        start, *pieces = heard
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        body = json.loads(b"".join(piece.get("body", b"") for piece in pieces) or b"null")
        return [{**start, "headers": headers}, body]

    def _in_other_words(self, body: Any) -> Any:
        if "responses" not in body:
            return self.noise.varied(body)
        answers = [
            {**each, "body": self.noise.varied(each["body"])} if each["status"] == 200 else each
            for each in body["responses"]
        ]
        self.noise.chance.shuffle(answers)
        return {"responses": answers}
