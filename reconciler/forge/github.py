"""The calls of GitHub's REST API: one origin, bounded bodies and pages, limits obeyed, the token in one header alone.

Page: docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

import httpx
import msgspec

import reconciler
from reconciler.forge.faults import Answer, ForgeError, Uncertain, fault_of, limit_fault
from reconciler.forge.limits import MOST_RETRIES, Broken, is_limited, is_passing, may_have_happened, wait_of_limit
from reconciler.model.ports import Clock
from reconciler.model.secret import SecretText

MOST_BYTES = 16 << 20
"""Bytes that an answer may have, once unpacked."""

MOST_PAGES = 200
"""Pages of a hundred that a list may have."""

_MOST_REDIRECTS = 5

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class GitHub:
    """One repository at GitHub. All calls together may take `seconds`."""

    def __init__(
        self,
        api: str,
        repository: str,
        token: SecretText,
        transport: httpx.AsyncBaseTransport,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._root = httpx.URL(f"{api.rstrip('/')}/repos/{quote(repository)}")
        self._token = token
        self._clock = clock
        self._until = clock.monotonic() + seconds
        timeout = httpx.Timeout(30.0, connect=10.0)
        self._client = httpx.AsyncClient(transport=transport, trust_env=False, timeout=timeout)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def pages(self, path: str) -> AsyncIterator[bytes]:
        """Every page of a list below the repository. Raises ForgeError."""
        separator = "&" if "?" in path else "?"
        url = httpx.URL(f"{self._root}{path}{separator}per_page=100")
        for _ in range(MOST_PAGES):
            answer = await self._answered("GET", url, None)
            yield answer.body
            following = _next_link(answer)
            if following is None:
                return
            url = self._within(url, following, "a link to the next page")
        raise ForgeError(f"a list at GitHub has more than {MOST_PAGES} pages", hint="give --number or another --label")

    async def write(self, method: str, path: str, body: Mapping[str, object]) -> bytes:
        """Send a POST or PATCH below the repository; give the answer's body. Raises ForgeError, Uncertain."""
        answer = await self._answered(method, httpx.URL(f"{self._root}{path}"), msgspec.json.encode(body))
        return answer.body

    async def _answered(self, method: str, url: httpx.URL, content: bytes | None) -> Answer:
        retries = 0
        while True:
            outcome = await self._once(method, url, content)
            if isinstance(outcome, Answer) and outcome.is_success:
                return outcome
            wait = self._wait(method, outcome, retries)
            if wait is None or retries == MOST_RETRIES or wait > self._until - self._clock.monotonic():
                raise self._fault(method, outcome)
            await self._clock.sleep(wait)
            retries += 1

    def _wait(self, method: str, outcome: Answer | Broken, retries: int) -> float | None:
        """Seconds until a call is sent again; None where it is not."""
        if isinstance(outcome, Answer) and is_limited(outcome):
            return wait_of_limit(outcome, self._clock.now(), retries)
        if not is_passing(outcome) or (method == "POST" and may_have_happened(outcome)):
            return None
        return 2.0**retries

    def _fault(self, method: str, outcome: Answer | Broken) -> ForgeError:
        if isinstance(outcome, Answer) and is_limited(outcome):
            found = limit_fault(outcome)
        elif isinstance(outcome, Answer):
            found = fault_of(method, outcome, self._token)
        else:
            words = outcome.words.replace(self._token.reveal(), "***")
            found = ForgeError(f"GitHub at {self._root.host} does not answer: {words}")
        if method == "POST" and may_have_happened(outcome):
            return Uncertain(found.message, hint=found.hint, status=found.status)
        return found

    async def _once(self, method: str, url: httpx.URL, content: bytes | None) -> Answer | Broken:
        """One call, to where redirects within GitHub lead. Raises ForgeError where one leads elsewhere."""
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                async with self._client.stream(
                    method, url, headers=self._headers(content), content=content
                ) as response:
                    if response.has_redirect_location:
                        url = self._within(url, response.headers["location"], "a redirect")
                        continue
                    headers = {name.lower(): value for name, value in response.headers.items()}
                    return Answer(response.status_code, headers, await self._body(response), str(url))
        except _NOT_SENT as error:
            return Broken(_words(error), sent=False)
        except httpx.HTTPError as error:
            return Broken(_words(error), sent=True)
        raise ForgeError("GitHub redirects in a circle")

    async def _body(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > MOST_BYTES:
                raise ForgeError(f"an answer of GitHub has more than {MOST_BYTES >> 20} MiB")
            if self._clock.monotonic() > self._until:
                raise ForgeError("GitHub takes longer to answer than this run may take")
            parts.append(part)
        return b"".join(parts)

    def _within(self, url: httpx.URL, link: str, what: str) -> httpx.URL:
        """Where a link of an answer leads. Raises ForgeError where that is not the API: no token goes there."""
        try:
            target = url.join(link)
        except (httpx.InvalidURL, ValueError) as error:
            raise ForgeError(f"{what} of GitHub is no address") from error
        if (target.scheme, target.host, target.port) != (self._root.scheme, self._root.host, self._root.port):
            raise ForgeError(f"{what} of GitHub leads to {target.scheme}://{target.host[:100]}, and was not followed")
        return target

    def _headers(self, content: bytes | None) -> Mapping[str, str]:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token.reveal()}",
            "User-Agent": f"reconciler/{reconciler.__version__}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return headers if content is None else {**headers, "Content-Type": "application/json"}


def _next_link(answer: Answer) -> str | None:
    """The address of the next page, from the header Link."""
    links = httpx.Response(200, headers={"Link": answer.headers.get("link", "")}).links
    return links.get("next", {}).get("url")


def _words(error: Exception) -> str:
    """An error of the transport in one line; its class where it says nothing."""
    return " ".join(str(error).split())[:160] or type(error).__name__
