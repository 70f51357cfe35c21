"""A GitHub on loopback: the documented answers about comments, issues and pull requests, and faults put before them.

Pages: docs.github.com/rest/issues/comments, /rest/issues/issues, /rest/commits/commits, and those on rate limits.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
BOT = "github-actions[bot]"
REPOSITORY = "contoso/entra"
MOST_CHARACTERS = 65_536

Fault = Callable[["Hub", Request], Response | None]
"""Answers in the hub's place; None lets the hub answer."""


def refusal(status: int, message: str, headers: dict[str, str] | None = None, errors: Any = None) -> JSONResponse:
    page = "https://docs.github.com/rest"
    body = {"message": message, "documentation_url": page, "status": str(status)}
    return JSONResponse(body if errors is None else {**body, "errors": errors}, status, headers)


@dataclass
class Hub:
    """One repository. `faults` are used up one call each; `calls` are what was asked, `tokens` by which right."""

    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    most_a_page: int = 100
    author: str = BOT
    base: str = "http://hub"
    _last: int = 100

    def note(self, body: str, author: str | None = None, number: int = 7) -> dict[str, Any]:
        """Write a comment in pull request 7."""
        self._last += 1
        where = f"{self.base}/{REPOSITORY}/pull/{number}#issuecomment-{self._last}"
        note = {
            "id": self._last,
            "body": body,
            "html_url": where,
            "user": {"login": author or self.author, "type": "Bot"},
            "number": number,
        }
        self.comments[self._last] = note
        return note

    def open_issue(self, title: str, body: str, labels: list[str], author: str | None = None) -> dict[str, Any]:
        self._last += 1
        issue = {
            "id": 9_000_000 + self._last,
            "number": self._last,
            "title": title,
            "body": body,
            "labels": [{"name": name} for name in labels],
            "state": "open",
            "html_url": f"{self.base}/{REPOSITORY}/issues/{self._last}",
            "user": {"login": author or self.author},
        }
        self.issues[self._last] = issue
        return issue

    def merge(self, number: int, commit: str, merged_at: str | None = "2026-07-01T10:00:00Z") -> None:
        self.pulls.append({"number": number, "merge_commit_sha": commit, "merged_at": merged_at})

    def app(self) -> Starlette:
        root = f"/repos/{REPOSITORY}"
        return Starlette(
            routes=[
                Route(f"{root}/issues/comments/{{id:int}}", self._answer(self._edit_comment), methods=["PATCH"]),
                Route(f"{root}/issues/{{number:int}}/comments", self._answer(self._comments), methods=["GET", "POST"]),
                Route(f"{root}/issues/{{number:int}}", self._answer(self._edit_issue), methods=["PATCH"]),
                Route(f"{root}/issues", self._answer(self._issues), methods=["GET", "POST"]),
                Route(f"{root}/commits/{{sha}}/pulls", self._answer(self._pulls)),
                Route("/{rest:path}", self._answer(lambda *_: refusal(404, "Not Found"))),
            ]
        )

    def _answer(self, do: Callable[[Request, Any], Response]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            self.calls.append(f"{request.method} {request.url.path.removeprefix(f'/repos/{REPOSITORY}')}")
            self.tokens.add(request.headers.get("authorization", ""))
            fault = self.faults.pop(0) if self.faults else None
            answered = fault(self, request) if fault else None
            if answered is not None:
                return answered
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return refusal(401, "Bad credentials")
            sent = await request.json() if request.method in {"POST", "PATCH"} else None
            if sent is not None and len(sent.get("body", "")) > MOST_CHARACTERS:
                code = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
                return refusal(422, "Validation Failed", errors=[{**code, "message": "Body is too long"}])
            return do(request, sent)

        return answer

    def _comments(self, request: Request, sent: Any) -> Response:
        number = request.path_params["number"]
        if sent is not None:
            return JSONResponse(self.note(sent["body"], number=number), 201)
        return self._page(request, [note for note in self.comments.values() if note["number"] == number])

    def _edit_comment(self, request: Request, sent: Any) -> Response:
        note = self.comments.get(request.path_params["id"])
        if note is None:
            return refusal(404, "Not Found")
        note.update(sent)
        return JSONResponse(note)

    def _issues(self, request: Request, sent: Any) -> Response:
        if sent is not None:
            return JSONResponse(self.open_issue(sent["title"], sent["body"], sent["labels"]), 201)
        state, label = request.query_params.get("state", "open"), request.query_params.get("labels")
        found = [
            issue
            for issue in self.issues.values()
            if state in {"all", issue["state"]} and label in {None, *(each["name"] for each in issue["labels"])}
        ]
        return self._page(request, found)

    def _edit_issue(self, request: Request, sent: Any) -> Response:
        issue = self.issues.get(request.path_params["number"])
        if issue is None:
            return refusal(410, "This issue was deleted")
        issue.update(sent)
        return JSONResponse(issue)

    def _pulls(self, request: Request, sent: Any) -> Response:
        return self._page(request, self.pulls)

    def _page(self, request: Request, found: list[Any]) -> Response:
        size = min(int(request.query_params.get("per_page", 30)), self.most_a_page)
        page = int(request.query_params.get("page", 1))
        links = []
        if page * size < len(found):
            there = request.url.include_query_params(page=page + 1)
            last = request.url.include_query_params(page=-(-len(found) // size))
            links = [f'<{there}>; rel="next"', f'<{last}>; rel="last"']
        headers = {"Link": ", ".join(links)} if links else None
        return JSONResponse(found[(page - 1) * size : page * size], headers=headers)


@contextmanager
def listening(hub: Hub) -> Iterator[Hub]:
    """The hub on a port of this machine, at `hub.base`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hub.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(hub.app(), log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            yield hub
        finally:
            server.should_exit = True
            thread.join()
