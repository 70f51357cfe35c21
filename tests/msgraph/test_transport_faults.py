"""Every way in which a service can misbehave ends in an answer, over a real socket; nothing ever raises."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from reconciler.model.events import Held
from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.msgraph.transport.answer import Fault, Reply, Trouble, finding_of, one_per_cause
from reconciler.msgraph.transport.budget import Allowance, Ceiling, Meter
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.transport.network import network_transport
from reconciler.msgraph.transport.send import Timeouts
from reconciler.msgraph.wire.request import Request

from .conftest import Chance, Token

READ = Request("GET", "/thing", Surface.TOPOLOGY)
CREATE = Request("POST", "/things", Surface.TOPOLOGY, {"name": "x"}, repeatable=False)
RENAME = Request("PATCH", "/thing", Surface.TOPOLOGY, {"name": "x"})


class Script:
    """Answers the requests of each path in turn, the last answer for ever; remembers what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen: list[tuple[str, str, bytes, dict[str, str]]] = []

    async def respond(self, request: HttpRequest) -> Response:
        self.seen.append((request.method, request.url.path, await request.body(), dict(request.headers)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request) if callable(answer) and not isinstance(answer, Response) else answer

    @property
    def app(self) -> Starlette:
        methods = ["GET", "POST", "PATCH", "PUT", "DELETE"]
        return Starlette(routes=[Route("/{rest:path}", self.respond, methods=methods)])


def send(origin, clock, *requests, token=None, ceiling=None, timeouts=None, chains=None, allowance=None):
    async def run():
        chain = Chain(
            f"{origin}/beta",
            network_transport(origin, {}),
            Token(token),
            clock,
            Chance(),
            allowance=allowance or Allowance(Meter(clock, ceiling or Ceiling())),
            timeouts=timeouts or Timeouts(2, 2, 20),
        )
        try:
            answers = await chain.send(requests)
            if chains is not None:
                chains.append(chain)
            return answers
        finally:
            await chain.aclose()

    return asyncio.run(run())


def error(status: int, code: str = "", message: str = "", **headers: str) -> Response:
    body = {"error": {"code": code, "message": message, "innerError": {"request-id": "r-1", "date": "d"}}}
    return JSONResponse(body, status, headers=headers)


def test_a_reply_is_its_status_and_its_body(serve, clock):
    script = Script(JSONResponse({"a": 1}))
    (answer,) = send(serve(script.app), clock, READ, token="t0k3n")
    assert isinstance(answer, Reply)
    assert json.loads(answer.body) == {"a": 1}
    method, path, _, headers = script.seen[0]
    assert (method, path, headers["authorization"]) == ("GET", "/beta/thing", "Bearer t0k3n")
    assert headers["client-request-id"] == "01234567-89ab-cdef-0123-456789abcdef"


def test_a_fractional_retry_after_is_waited_for_to_the_fraction(serve, clock):
    script = Script(error(429, "TooManyRequests", **{"Retry-After": "2.128"}), JSONResponse({}))
    (answer,) = send(serve(script.app), clock, CREATE)
    assert isinstance(answer, Reply)
    assert clock.slept == [pytest.approx(2.128 * 1.05)]


def test_a_success_renews_what_a_run_may_wait(serve, clock):
    throttled = error(429, **{"Retry-After": "8"})
    origin = serve(Script(throttled, JSONResponse({}), throttled, JSONResponse({}), throttled).app)
    renewed = Allowance(Meter(clock, Ceiling(seconds=12)), renews=True)
    answers = [send(origin, clock, CREATE, allowance=renewed)[0] for _ in range(3)]
    assert [isinstance(answer, Reply) for answer in answers] == [True, True, False]
    assert answers[2].trouble is Trouble.SPENT
    assert "429" in answers[2].detail


def test_chains_that_share_a_budget_spend_it_together(serve, clock):
    throttled = error(429, **{"Retry-After": "8"})
    origin = serve(Script(throttled, JSONResponse({}), throttled, JSONResponse({})).app)
    shared = Allowance(Meter(clock, Ceiling(seconds=12)))
    answers = [send(origin, clock, READ, allowance=shared)[0] for _ in range(2)]
    assert isinstance(answers[0], Reply)
    assert answers[1].trouble is Trouble.SPENT


def test_a_wish_to_stop_ends_the_wait_for_a_retry_and_the_last_answer_stands(serve, clock):
    script = Script(error(429, "TooManyRequests", **{"Retry-After": "300"}))
    (answer,) = send(
        serve(script.app), clock, CREATE, allowance=Allowance(Meter(clock, Ceiling(), lambda: clock.seconds > 2))
    )
    assert (answer.status, answer.code, len(script.seen)) == (429, "TooManyRequests", 1)
    assert clock.seconds < 4


def test_what_waits_for_the_gate_when_the_user_stops_is_not_sent(serve, clock):
    script = Script(error(429, **{"Retry-After": "300"}))
    meter = Meter(clock, Ceiling(), lambda: clock.seconds > 2)

    async def run():
        origin = serve(script.app)
        chain = Chain(
            f"{origin}/beta", network_transport(origin, {}), Token(), clock, Chance(), allowance=Allowance(meter)
        )
        await chain.call(CREATE)
        late = await chain.call(CREATE)
        chain.begin_anew()
        again = await chain.call(CREATE)
        await chain.aclose()
        return late, again

    late, again = asyncio.run(run())
    assert (late.trouble, late.uncertain) == (Trouble.STOPPED, False)
    assert again.status == 429
    assert len(script.seen) == 2


def test_a_long_wait_is_told_and_a_short_one_is_not(serve, clock):
    told = []
    script = Script(error(429, **{"Retry-After": "1"}), error(429, **{"Retry-After": "9"}), JSONResponse({}))
    create = Request("POST", "/agentGroups/1234/agents/$ref", Surface.TOPOLOGY, {}, repeatable=False)
    send(serve(script.app), clock, create, allowance=Allowance(Meter(clock, Ceiling()), tell=told.append))
    assert [event for event in told if isinstance(event, Held)] == [Held(9, "the service answered 429", "agents")]


def test_a_wait_that_is_longer_than_what_is_left_is_neither_waited_nor_told(serve, clock):
    told = []
    script = Script(error(429, **{"Retry-After": "90"}))
    meter = Meter(clock, Ceiling(seconds=60))
    (answer,) = send(serve(script.app), clock, CREATE, allowance=Allowance(meter, tell=told.append))
    assert answer.detail.endswith("last, the service answered 429, to be tried again in 2 min")
    assert clock.slept == []
    assert not [event for event in told if isinstance(event, Held)]


def test_a_retry_after_may_be_a_date(serve, clock):
    script = Script(error(503, **{"Retry-After": "Thu, 01 Jan 2026 00:00:07 GMT"}), JSONResponse({}))
    (answer,) = send(serve(script.app), clock, READ)
    assert isinstance(answer, Reply)
    assert clock.slept == [7]


def test_without_retry_after_the_waits_grow(serve, clock):
    script = Script(error(429), error(429), error(429), JSONResponse({}))
    send(serve(script.app), clock, READ)
    assert clock.slept == [pytest.approx(seconds * 1.05) for seconds in (1, 2, 4)]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_creation_that_may_have_happened_is_not_repeated(serve, clock, status):
    script = Script(error(status, "x"), JSONResponse({}))
    (answer,) = send(serve(script.app), clock, CREATE)
    assert isinstance(answer, Fault)
    assert (answer.status, answer.uncertain, len(script.seen)) == (status, True, 1)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 409, 408])
def test_what_may_be_repeated_is(serve, clock, status):
    script = Script(error(status), error(status), JSONResponse({}))
    (answer,) = send(serve(script.app), clock, RENAME)
    assert isinstance(answer, Reply)
    assert len(script.seen) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 501])
def test_what_the_service_means_is_not_asked_again(serve, clock, status):
    script = Script(error(status, "Some_Code", "some words"))
    (answer,) = send(serve(script.app), clock, RENAME)
    assert isinstance(answer, Fault)
    assert (answer.status, answer.code, answer.detail, answer.uncertain) == (status, "Some_Code", "some words", False)
    assert (answer.request_id, len(script.seen)) == ("r-1", 1)


def test_a_forbidden_job_is_asked_for_briefly_again(serve, clock):
    script = Script(error(403), JSONResponse({"value": []}))
    (answer,) = send(
        serve(script.app), clock, Request("GET", "/servicePrincipals/1/synchronization/jobs", Surface.APPS)
    )
    assert isinstance(answer, Reply)


def test_a_refusal_after_a_doubtful_attempt_stays_doubtful(serve, clock):
    script = Script(error(500), error(404))
    (answer,) = send(serve(script.app), clock, RENAME)
    assert isinstance(answer, Fault)
    assert (answer.status, answer.uncertain) == (404, True)


def test_a_storm_of_failures_ends_and_costs_less_and_less(serve, clock):
    script = Script(error(500, "x"))
    origin = serve(script.app)
    requests = [Request("PATCH", f"/thing/{number}", Surface.TOPOLOGY, {}) for number in range(80)]
    answers = send(origin, clock, *requests)
    assert all(isinstance(answer, Fault) and answer.status == 500 for answer in answers)
    assert len(script.seen) == 140
    (finding,) = one_per_cause(answers)
    assert "79 more calls failed for this cause" in finding.message


def test_a_storm_within_the_ceiling_ends_at_the_ceiling(serve, clock):
    script = Script(error(429, **{"Retry-After": "30"}))
    answers = send(serve(script.app), clock, READ, CREATE, ceiling=Ceiling(seconds=100))
    assert {answer.trouble for answer in answers} == {Trouble.SPENT}
    assert clock.seconds <= 100
    (finding,) = one_per_cause(answers)
    assert "the budget of 2 min for calls to the service is spent" in finding.message


def test_a_ceiling_in_number_is_never_passed(serve, clock):
    script = Script(JSONResponse({}))
    answers = send(serve(script.app), clock, *[RENAME] * 5, ceiling=Ceiling(calls=3))
    assert len(script.seen) == 3
    assert sum(isinstance(answer, Fault) for answer in answers) == 2
    assert "3 calls" in finding_of(next(answer for answer in answers if isinstance(answer, Fault))).message


def test_a_dead_endpoint_is_unreachable_and_nothing_happened(clock):
    (answer,) = send("http://127.0.0.1:1", clock, CREATE)
    assert isinstance(answer, Fault)
    assert (answer.trouble, answer.uncertain) == (Trouble.UNREACHABLE, False)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"not http at all\r\n\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_a_fault_and_a_doubt(raw_server, clock, answer):
    (read, created) = send(raw_server(answer), clock, READ, CREATE)
    assert (read.trouble, read.uncertain) == (Trouble.BROKEN, False)
    assert (created.trouble, created.uncertain) == (Trouble.BROKEN, True)


def test_an_answer_that_does_not_come_is_a_timeout(serve, clock):
    async def never(request):
        await asyncio.sleep(1)

    (answer,) = send(
        serve(Starlette(routes=[Route("/{rest:path}", never, methods=["POST"])])),
        clock,
        CREATE,
        timeouts=Timeouts(1, 0.05, 1),
    )
    assert (answer.trouble, answer.uncertain) == (Trouble.TIMEOUT, True)


def test_an_answer_that_only_trickles_is_a_timeout(serve, clock):
    async def trickle():
        for _ in range(40):
            clock.seconds += 1
            yield b" "
            await asyncio.sleep(0.01)

    script = Script(lambda request: StreamingResponse(trickle(), media_type="application/json"))
    (answer,) = send(serve(script.app), clock, CREATE, timeouts=Timeouts(1, 1, 10))
    assert answer.trouble is Trouble.TIMEOUT


def test_a_body_over_the_limit_is_refused_before_it_is_whole(serve, clock):
    async def flood():
        yield b'{"a": "'
        for _ in range(65):
            yield b"x" * (1 << 20)

    script = Script(lambda request: StreamingResponse(flood(), media_type="application/json"))
    (answer,) = send(serve(script.app), clock, READ)
    assert answer.trouble is Trouble.TOO_LARGE


@pytest.mark.parametrize(
    "response",
    [Response("<html>", media_type="text/html"), Response(b"{}"), Response(b"", media_type="application/json")],
)
def test_a_read_that_gives_no_json_cannot_be_understood(serve, clock, response):
    (answer,) = send(serve(Script(response).app), clock, READ)
    assert answer.trouble is Trouble.MALFORMED


def test_a_redirect_to_another_origin_is_refused_and_the_token_stays(serve, clock):
    thief = Script(JSONResponse({}))
    other = serve(thief.app)
    script = Script(lambda request: RedirectResponse(f"{other}/beta/thing"))
    (answer,) = send(serve(script.app), clock, READ, token="t0k3n")
    assert answer.trouble is Trouble.FOREIGN
    assert thief.seen == []
    assert finding_of(answer).rule == "EPR432"


def test_a_redirect_on_the_same_origin_is_followed_but_not_for_ever(serve, clock):
    script = Script(lambda request: RedirectResponse("/beta/other"), JSONResponse({"a": 2}))
    (answer,) = send(serve(script.app), clock, READ)
    assert isinstance(answer, Reply)
    (lost,) = send(serve(Script(lambda request: RedirectResponse("/beta/other")).app), clock, READ)
    assert lost.trouble is Trouble.FOREIGN


def test_a_fault_tells_what_a_person_must_know_and_no_secret(serve, clock):
    script = Script(error(400, "Bad", "the value s3cr3t with t0k3n is wrong", **{"request-id": "abc", "date": "today"}))
    write = Request("PUT", "/secrets", Surface.APPS, {"value": [{"key": "k", "value": SecretText("s3cr3t")}]})
    (answer,) = send(serve(script.app), clock, write, token="t0k3n")
    assert json.loads(script.seen[0][2]) == {"value": [{"key": "k", "value": "s3cr3t"}]}
    finding = finding_of(answer, "app/x")
    assert finding.message == "the service answered 400 Bad: the value *** with *** is wrong, at PUT /secrets"
    assert "request-id abc" in finding.found
    assert "s3cr3t" not in repr(answer) + repr(write)


def batched(request_body: bytes, item) -> JSONResponse:
    items = json.loads(request_body)["requests"]
    return JSONResponse({"responses": [item(found) for found in reversed(items)]})


class Batches(Script):
    """Answers batches item by item; `item` gets the item and how often it was asked for before."""

    def __init__(self, item):
        super().__init__(None)
        self.item = item
        self.asked: dict[str, int] = {}

    async def respond(self, request: HttpRequest) -> Response:
        body = await request.body()
        self.seen.append((request.method, request.url.path, body, dict(request.headers)))
        return batched(body, self._item)

    def _item(self, found):
        before = self.asked.get(found["url"], 0)
        self.asked[found["url"]] = before + 1
        return {"id": found["id"], **self.item(found, before)}


JSON = {"Content-Type": "application/json; odata.metadata=minimal"}


def reads(count: int) -> list[Request]:
    return [Request("GET", f"/thing/{number}", Surface.APPS) for number in range(count)]


def test_reads_travel_in_twenties_and_come_back_in_order(serve, clock):
    script = Batches(lambda item, before: {"status": 200, "headers": JSON, "body": {"url": item["url"]}})
    chains = []
    answers = send(serve(script.app), clock, *reads(45), chains=chains)
    assert [json.loads(bytes(answer.body))["url"] for answer in answers] == [f"/thing/{n}" for n in range(45)]
    assert sorted(len(json.loads(body)["requests"]) for _, _, body, _ in script.seen) == [5, 20, 20]
    assert chains[0].calls == 3


def test_only_the_throttled_items_of_a_batch_are_asked_for_again_after_their_longest_wait(serve, clock):
    def item(found, before):
        number = int(found["url"].rpartition("/")[2])
        if number % 2 and before == 0:
            return {"status": 429, "headers": {"Retry-After": f"{number}.5"}, "body": {"error": {"code": "T"}}}
        return {"status": 200, "headers": JSON, "body": {}}

    script = Batches(item)
    answers = send(serve(script.app), clock, *reads(6))
    assert all(isinstance(answer, Reply) for answer in answers)
    assert script.asked == {f"/thing/{number}": 1 + number % 2 for number in range(6)}
    assert clock.slept == [pytest.approx(5.5 * 1.05)]


def test_one_bad_item_does_not_spoil_its_neighbours(serve, clock):
    strange = {
        "/thing/0": {"status": 404, "headers": JSON, "body": {"error": {"code": "NotFound", "message": "m"}}},
        "/thing/1": {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "PGh0bWw+"},
        "/thing/2": {"status": 200, "headers": JSON},
        "/thing/3": {"status": 403, "body": 7},
    }
    script = Batches(lambda item, before: strange.get(item["url"], {"status": 200, "headers": JSON, "body": {}}))
    answers = send(serve(script.app), clock, *reads(5))
    assert [getattr(answer, "trouble", None) for answer in answers] == [
        Trouble.STATUS,
        Trouble.MALFORMED,
        Trouble.MALFORMED,
        Trouble.STATUS,
        None,
    ]
    assert answers[0].code == "NotFound"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"responses": 3}',
        b'{"responses": [{"id": 1, "status": 200}]}',
        b'{"responses": []}',
        b'{"responses": [{"id": "0", "status": 200, "body": ' + b"[" * 100_000,
    ],
)
def test_a_batch_that_cannot_be_understood_spoils_its_own_items_only(serve, clock, body):
    script = Script(Response(body, media_type="application/json"))
    answers = send(serve(script.app), clock, *reads(2), RENAME)
    assert [answer.trouble for answer in answers[:2]] == [Trouble.MALFORMED] * 2
    assert isinstance(answers[2], Reply)


def test_a_batch_that_is_throttled_as_a_whole_is_sent_again(serve, clock):
    done = JSONResponse(
        {"responses": [{"id": str(number), "status": 200, "headers": JSON, "body": {}} for number in range(2)]}
    )
    script = Script(error(429, **{"Retry-After": "1"}), error(503), done)
    answers = send(serve(script.app), clock, *reads(2))
    assert all(isinstance(answer, Reply) for answer in answers)
    assert len(script.seen) == 3


def test_while_the_service_throttles_one_caller_the_others_wait_too(serve, clock):
    script = Script(error(429, **{"Retry-After": "10"}), JSONResponse({}))

    async def run(origin):
        chain = Chain(f"{origin}/beta", network_transport(origin, {}), Token(), clock, Chance())
        asked_at = []

        async def sleep(seconds):
            if not asked_at:
                asked_at.append(clock.seconds)
                await chain.call(READ)
                asked_at.append(clock.seconds)
            clock.seconds += seconds

        clock.sleep = sleep
        await chain.call(RENAME)
        await chain.aclose()
        return asked_at

    asked, answered = asyncio.run(run(serve(script.app)))
    assert answered - asked >= 10


def test_time_between_calls_does_not_count(serve, clock):
    script = Script(JSONResponse({}))

    async def run(origin):
        chain = Chain(
            f"{origin}/beta",
            network_transport(origin, {}),
            Token(),
            clock,
            Chance(),
            allowance=Allowance(Meter(clock, Ceiling(seconds=5))),
        )
        first = await chain.call(READ)
        await clock.sleep(1000)
        second = await chain.call(READ)
        await chain.aclose()
        return first, second

    assert all(isinstance(answer, Reply) for answer in asyncio.run(run(serve(script.app))))


@pytest.mark.parametrize("token", ["s3cr3t\n", "s3cr3t\x00"])
def test_a_token_that_no_header_can_hold_is_not_shown(serve, clock, token):
    script = Script([])
    (answer,) = send(serve(script.app), clock, READ, token=token)
    assert isinstance(answer, Fault)
    assert answer.detail == "a header of the request holds what no header can"
    assert "s3cr3t" not in str(answer)
