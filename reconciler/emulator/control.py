"""Steer and watch the emulator: calls that the real service does not have, for tests and demonstrations.

They are answered to this machine only, and a POST must say `application/json`, so that no web page can send one.
"""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import asdict

from reconciler.emulator.bodies import anything, boolean, checked
from reconciler.emulator.context import Answer, Call, Context, Operation
from reconciler.emulator.errors import bad_request
from reconciler.emulator.faults import rule_from_json, rule_to_json
from reconciler.emulator.identities import with_permissions
from reconciler.emulator.identity_service import set_agent
from reconciler.emulator.sign_in import issued, profile_named
from reconciler.emulator.store import Document
from reconciler.emulator.switches import switches_from_json, switches_to_json
from reconciler.emulator.synchronization.records import cycles
from reconciler.emulator.topology import serving
from reconciler.emulator.world import World

_VERSIONS = ("emulator",)
_PAGE = ""
_MOST_SECONDS = 1e9
_LONGEST_NAME = 113
"""Characters of the longest user principal name that the directory has."""


class Control(Struct, frozen=True):
    """The control calls of one world."""

    world: World

    def operations(self) -> tuple[Operation, ...]:
        """Their table."""
        return (
            Operation("GET", "/serving", self.get_serving, "which agents serve which resource now", _PAGE, _VERSIONS),
            Operation("GET", "/cycles", self.get_cycles, "how many initial cycles each job made", _PAGE, _VERSIONS),
            Operation("GET", "/calls", self.get_calls, "the log of answered calls", _PAGE, _VERSIONS),
            Operation("GET", "/clock", self.get_clock, "the emulator's time", _PAGE, _VERSIONS),
            Operation("POST", "/clock", self.advance, "move the clock: `{advance: seconds}`", _PAGE, _VERSIONS),
            Operation("GET", "/switches", self.get_switches, "all switches", _PAGE, _VERSIONS),
            Operation("POST", "/switches", self.set_switches, "change some switches", _PAGE, _VERSIONS),
            Operation("GET", "/faults", self.get_faults, "the fault rules", _PAGE, _VERSIONS),
            Operation("POST", "/faults", self.set_faults, "replace the fault rules: `{rules: […]}`", _PAGE, _VERSIONS),
            Operation(
                "POST",
                "/agents/{agent}",
                self.set_agent,
                "`{down: true}` lets an agent fall silent, `{status}` sets its status at once",
                _PAGE,
                _VERSIONS,
            ),
            Operation(
                "POST",
                "/tokens",
                self.make_token,
                "a token without signing in: `{profile}`, and where wanted other `roles`, `scopes` or `wids`, and a "
                "user's `upn`, by which the audit log names who changed what",
                _PAGE,
                _VERSIONS,
            ),
            Operation("POST", "/reset", self.reset, "forget everything and seed again", _PAGE, _VERSIONS),
        )

    async def get_serving(self, context: Context, call: Call) -> Answer:
        """GET of what serves what: `{value: [{id, resourceName, agents: [ids]}]}`."""
        del call
        value = [
            {"id": found.resource["id"], "resourceName": found.resource["resourceName"], "agents": list(found.agents)}
            for found in serving(context)
        ]
        return _ok({"now": context.now.isoformat(), "value": value})

    async def get_cycles(self, context: Context, call: Call) -> Answer:
        """GET of the initial cycles of each job."""
        del call
        return _ok({"value": cycles(context.truth)})

    async def get_calls(self, context: Context, call: Call) -> Answer:
        """GET of the log, oldest first."""
        del call
        return _ok({"value": [asdict(logged) for logged in context.store.calls()]})

    async def get_clock(self, context: Context, call: Call) -> Answer:
        """GET of the time."""
        del call
        return _ok({"now": context.now.isoformat()})

    async def advance(self, context: Context, call: Call) -> Answer:
        """POST that moves the clock ahead."""
        seconds = checked(call.json_object(), {"advance": _seconds}, required=("advance",))["advance"]
        self.world.advance(float(str(seconds)))
        return _ok({"now": context.clock.now().isoformat()})

    async def get_switches(self, context: Context, call: Call) -> Answer:
        """GET of all switches."""
        del call
        return _ok(dict(switches_to_json(context.switches)))

    async def set_switches(self, context: Context, call: Call) -> Answer:
        """POST of some switches; the others stay."""
        try:
            switches = switches_from_json(call.json_object(), context.switches)
        except ValueError as error:
            raise bad_request(str(error)) from None
        self.world.set_switches(switches)
        return _ok(dict(switches_to_json(switches)))

    async def get_faults(self, context: Context, call: Call) -> Answer:
        """GET of the fault rules."""
        del context, call
        return _ok({"rules": [rule_to_json(rule) for rule in self.world.faults.rules]})

    async def set_faults(self, context: Context, call: Call) -> Answer:
        """POST of fault rules that replace those before; counters begin anew."""
        body = call.json()
        rules = body.get("rules") if isinstance(body, dict) else None
        if not isinstance(rules, list):
            raise bad_request("'rules' is a list of fault rules.")
        try:
            self.world.set_faults([rule_from_json(rule) for rule in rules])
        except ValueError as error:
            raise bad_request(str(error)) from None
        return await self.get_faults(context, call)

    async def set_agent(self, context: Context, call: Call) -> Answer:
        """POST that lets an agent fall silent, be heard again, or be active or inactive at once."""
        body = checked(call.json_object(), {"down": boolean, "status": lambda value: value in ("active", "inactive")})
        if len(body) != 1:
            raise bad_request("Either 'down' or 'status' is needed.")
        status = body.get("status")
        down = bool(body.get("down"))
        return _ok(set_agent(context, call.key("agent"), down=down, status=None if status is None else str(status)))

    async def make_token(self, context: Context, call: Call) -> Answer:
        """POST that gives a token of a profile, with other permissions than the profile's where they are named."""
        lists = dict.fromkeys(("roles", "scopes", "wids"), _texts)
        texts = {"upn": _text}
        body = checked(call.json_object(), {"profile": anything, **lists, **texts}, required=("profile",))
        try:
            profile = profile_named(body["profile"])
        except ValueError as error:
            raise bad_request(str(error)) from None
        identity = with_permissions(profile, *(_given(body, name) for name in lists))
        return _ok({"token": issued(self.world, identity, context.origin, upn=str(body.get("upn", "")))})

    async def reset(self, context: Context, call: Call) -> Answer:
        """POST that forgets everything."""
        checked(call.json_object(), {"": anything})
        self.world.reset()
        return await self.get_clock(context, call)


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST_SECONDS


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _given(body: Document, name: str) -> list[str] | None:
    found = body.get(name)
    return [str(text) for text in found] if isinstance(found, list) else None


def _ok(body: Document) -> Answer:
    return Answer(HTTPStatus.OK, body, content_type="application/json")
