"""How GitHub is asked: limits are obeyed, what passes is tried again, and a hostile answer ends in one clear error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from reconciler.forge.faults import ForgeError, Uncertain
from reconciler.forge.github import MOST_BYTES, MOST_PAGES, GitHub
from reconciler.forge.posts import comments, merges_of, written_comment
from reconciler.model.secret import SecretText
from tests.forge.hub import REPOSITORY, TOKEN, Fault, Hub, refusal


class SleepingClock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def asked(
    hub: Hub, *faults: Fault | None, do: Callable[[GitHub], Awaitable[object]] | None = None, seconds: float = 300
) -> tuple[object, list[float]]:
    """What a list of comments, or another call, gives after these faults, and how long was waited."""
    clock = SleepingClock()
    hub.faults = list(faults)

    async def call() -> object:
        forge = GitHub("http://hub", REPOSITORY, SecretText(TOKEN), httpx.ASGITransport(app=hub.app()), clock, seconds)
        try:
            return await (do or listed)(forge)
        finally:
            await forge.aclose()

    return asyncio.run(call()), clock.slept


async def listed(forge: GitHub) -> list[str]:
    return [post.body async for post in comments(forge, 7)]


async def posted(forge: GitHub) -> str:
    return written_comment(await forge.write("POST", "/issues/7/comments", {"body": "new"})).body


def says(response: Response) -> Fault:
    return lambda hub, request: response


def limited(**headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda hub, request: refusal(403, "API rate limit exceeded", named)


@pytest.fixture
def quiet_hub() -> Hub:
    hub = Hub()
    hub.note("hello")
    return hub


@pytest.mark.parametrize(
    ("faults", "slept"),
    [
        ([limited(Retry_After="30")], [30]),
        ([limited(x_ratelimit_remaining="0", x_ratelimit_reset="1782907290")], [90]),
        ([limited(x_ratelimit_remaining="0", x_ratelimit_reset="1")], [1]),
        ([limited(), limited()], [60, 120]),
        ([limited(Retry_After="soon")], [60]),
        ([lambda hub, request: refusal(429, "Too many requests")], [60]),
    ],
)
def test_a_limit_is_waited_for_as_github_says(quiet_hub: Hub, faults: list[Fault], slept: list[float]) -> None:
    assert asked(quiet_hub, *faults) == (["hello"], slept)


def test_a_limit_beyond_the_time_of_the_run_ends_it_at_once(quiet_hub: Hub) -> None:
    with pytest.raises(ForgeError, match="longer than this run may wait"):
        asked(quiet_hub, limited(x_ratelimit_remaining="0", x_ratelimit_reset="99999999999"))
    assert len(quiet_hub.calls) == 1


def test_a_post_that_was_limited_was_not_carried_out_and_is_sent_again(quiet_hub: Hub) -> None:
    assert asked(quiet_hub, limited(Retry_After="5"), do=posted) == ("new", [5])
    assert len(quiet_hub.comments) == 2


def test_a_read_is_tried_again_four_times(quiet_hub: Hub) -> None:
    failing = says(refusal(502, "Server Error"))
    assert asked(quiet_hub, *[failing] * 4) == (["hello"], [1, 2, 4, 8])
    with pytest.raises(ForgeError, match="502: Server Error"):
        asked(quiet_hub, *[failing] * 5)


def test_a_post_that_failed_is_not_sent_again_blindly(quiet_hub: Hub) -> None:
    with pytest.raises(Uncertain):
        asked(quiet_hub, says(refusal(502, "Server Error")), do=posted)
    assert len(quiet_hub.calls) == 1


def test_a_list_has_as_many_pages_as_its_links_say(quiet_hub: Hub) -> None:
    quiet_hub.most_a_page = 2
    for number in range(6):
        quiet_hub.note(str(number))
    assert asked(quiet_hub) == (["hello", "0", "1", "2", "3", "4", "5"], [])
    assert len(quiet_hub.calls) == 4


def test_pages_without_end_are_ended(quiet_hub: Hub) -> None:
    again = says(JSONResponse([], headers={"Link": '<?page=1>; rel="next"'}))
    with pytest.raises(ForgeError, match=f"more than {MOST_PAGES} pages"):
        asked(quiet_hub, *[again] * (MOST_PAGES + 5))


@pytest.mark.parametrize("link", ["https://hub/repos", "http://hub.evil/", "//evil/", "http://hub:81/", "http://["])
def test_neither_a_link_nor_a_redirect_leads_elsewhere(quiet_hub: Hub, link: str) -> None:
    for fault in (
        JSONResponse([], headers={"Link": f'<{link}>; rel="next"'}),
        Response(status_code=307, headers={"Location": link}),
    ):
        with pytest.raises(ForgeError, match=r"leads to|is no address"):
            asked(quiet_hub, says(fault))
    assert len(quiet_hub.calls) == 2


def test_a_link_that_is_no_address_is_told(quiet_hub: Hub) -> None:
    with pytest.raises(ForgeError, match="a link to the next page of GitHub is no address"):
        asked(quiet_hub, says(JSONResponse([], headers={"Link": '<http://hub\x00/>; rel="next"'})))


def test_a_redirect_within_github_is_followed(quiet_hub: Hub) -> None:
    moved = says(RedirectResponse(f"/repos/{REPOSITORY}/issues/7/comments", 301))
    assert asked(quiet_hub, moved) == (["hello"], [])
    assert asked(quiet_hub, moved, do=posted) == ("new", [])
    with pytest.raises(ForgeError, match="redirects in a circle"):
        asked(quiet_hub, *[moved] * 9)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"id": 1}', b"[1, 2"], ids=range(8)
)
def test_an_answer_that_is_not_its_api_is_told(quiet_hub: Hub, body: bytes) -> None:
    with pytest.raises(ForgeError, match="GitHub answers what is not its API"):
        asked(quiet_hub, says(Response(body)))


def test_what_in_a_list_is_no_comment_is_passed_over(quiet_hub: Hub) -> None:
    odd = [None, 7, "x", {}, {"id": "1"}, {"id": 1, "user": 3}, {"id": 2, "body": None, "user": None}]
    assert asked(quiet_hub, says(JSONResponse([*odd, {"id": 3, "body": "found"}]))) == (["", "found"], [])


def test_what_in_a_list_is_no_merge_is_passed_over(quiet_hub: Hub) -> None:
    async def merges(forge: GitHub) -> list[int]:
        return [merged.number async for merged in merges_of(forge, "a" * 40)]

    odd = [{}, {"number": 1}, {"number": 2, "merged_at": "2026"}, {"number": "3", "merged_at": "2026"}]
    assert asked(quiet_hub, says(JSONResponse(odd)), do=merges) == ([2], [])


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"[" * 100_000, b'{"message": 7}', b'{"message": "", "errors": [[], {"message": 1}]}'],
    ids=range(6),
)
def test_a_refusal_without_words_is_told_all_the_same(quiet_hub: Hub, body: bytes) -> None:
    with pytest.raises(ForgeError, match=r"refuses GET /repos/contoso/entra/issues/7/comments with 404$"):
        asked(quiet_hub, says(Response(body, 404)))


def test_a_body_without_end_is_ended(quiet_hub: Hub) -> None:
    def flood(hub: Hub, request: object) -> Response:
        return StreamingResponse((b" " * 65_536 for _ in range((MOST_BYTES >> 16) + 8)), 200)

    with pytest.raises(ForgeError, match="more than 16 MiB"):
        asked(quiet_hub, flood)


def test_a_refusal_is_short_and_of_one_line(quiet_hub: Hub) -> None:
    with pytest.raises(ForgeError) as refused:
        asked(quiet_hub, says(PlainTextResponse('{"message": "' + "a\\n" * 9_000 + '"}', 404)))
    assert len(refused.value.message) < 400
    assert "\n" not in refused.value.message


def test_where_nobody_listens_that_is_told() -> None:
    async def call(method: str) -> None:
        clock = SleepingClock()
        transport = httpx.AsyncHTTPTransport()
        forge = GitHub("http://127.0.0.1:9", REPOSITORY, SecretText(TOKEN), transport, clock, 300)
        try:
            await forge.write(method, "/issues", {})
        finally:
            await forge.aclose()
            assert clock.slept == [1, 2, 4, 8]

    for method in ("POST", "PATCH"):
        with pytest.raises(ForgeError, match=r"GitHub at 127\.0\.0\.1 does not answer") as fault:
            asyncio.run(call(method))
        assert not isinstance(fault.value, Uncertain)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_connection_that_breaks_leaves_a_doubt_about_what_must_not_be_repeated(method: str) -> None:
    async def call() -> None:
        async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(broken, "127.0.0.1", 0)
        async with server:
            base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            forge = GitHub(base, REPOSITORY, SecretText(TOKEN), httpx.AsyncHTTPTransport(), SleepingClock(), 300)
            try:
                await forge.write(method, "/issues", {"title": "x"})
            finally:
                await forge.aclose()

    with pytest.raises(ForgeError, match="does not answer") as fault:
        asyncio.run(call())
    assert isinstance(fault.value, Uncertain) == (method == "POST")


def test_an_answer_that_trickles_is_ended(quiet_hub: Hub) -> None:
    class Racing(SleepingClock):
        def monotonic(self) -> float:
            self.slept.append(100)
            return sum(self.slept)

    async def call() -> None:
        transport = httpx.ASGITransport(app=quiet_hub.app())
        forge = GitHub("http://hub", REPOSITORY, SecretText(TOKEN), transport, Racing(), 1)
        await listed(forge)

    with pytest.raises(ForgeError, match="longer to answer than this run may take"):
        asyncio.run(call())
