"""The publishing profile `provisioning`, and the updater configuration of all its agents.

Pages: https://learn.microsoft.com/graph/api/onpremisespublishingprofile-get and
https://learn.microsoft.com/graph/api/onpremisespublishingprofile-update
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from reconciler.emulator.bodies import anything, boolean, checked
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Operation, utc
from reconciler.emulator.errors import bad_request
from reconciler.emulator.resources.edges import require_profile
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.topology import PROFILE_ID, TOPOLOGY

_GET = "https://learn.microsoft.com/graph/api/onpremisespublishingprofile-get"
_UPDATE = "https://learn.microsoft.com/graph/api/onpremisespublishingprofile-update"
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,7})?)?\Z")
_WINDOW = ("updateWindowStartTime", "updateWindowEndTime")
_UPDATER = "hybridAgentUpdaterConfiguration"

NEW_UPDATER: Document = {
    "allowUpdateConfigurationOverride": False,
    "deferUpdateDateTime": None,
    "updateWindow": None,
}
"""The updater configuration of a profile that nobody changed."""


def updated(configuration: Document, body: Document) -> Document:
    """The updater configuration with the members of a partial body; times leave in the service's form.

    Raises GraphError 400 for unknown members (the page's own example writes `deferUpdate`, which is none) and values
    that do not fit.
    """
    members = {"allowUpdateConfigurationOverride": boolean, "deferUpdateDateTime": anything, "updateWindow": anything}
    changed = dict(checked(body, members))
    if changed.get("deferUpdateDateTime") is not None:
        changed["deferUpdateDateTime"] = _moment(changed["deferUpdateDateTime"])
    if changed.get("updateWindow") is not None:
        changed["updateWindow"] = _window(configuration.get("updateWindow"), changed["updateWindow"])
    return configuration | changed


async def list_profiles(context: Context, call: Call) -> Answer:
    """GET of all profiles: there is one."""
    return TOPOLOGY.collection("profile", context, call, [_profile(context)])


async def get_profile(context: Context, call: Call) -> Answer:
    """GET of the profile; `$expand=publishedResources,agents,agentGroups` gives the whole topology."""
    require_profile(call)
    return TOPOLOGY.one("profile", context, call, _profile(context))


async def get_updater(context: Context, call: Call) -> Answer:
    """GET of the updater configuration alone."""
    require_profile(call)
    address = f"{context.base}/$metadata#onPremisesPublishingProfiles('{PROFILE_ID}')/{_UPDATER}"
    return Answer(200, {"@odata.context": address} | _configuration(_profile(context)))


async def update_updater(context: Context, call: Call) -> Answer:
    """PATCH of the updater configuration with any subset of its members."""
    require_profile(call)
    return _write(context, call.json_object())


async def update_profile(context: Context, call: Call) -> Answer:
    """PATCH of the profile: its updater configuration is all that can change."""
    require_profile(call)
    body = checked(call.json_object(), {_UPDATER: lambda value: isinstance(value, dict)})
    configuration = body.get(_UPDATER, {})
    return _write(context, configuration if isinstance(configuration, dict) else {})


def _write(context: Context, body: Document) -> Answer:
    known = context.truth.get(Kind.PROFILE, PROFILE_ID) or _new_profile()
    members = {name: value for name, value in body.items() if not name.startswith("@odata.")}
    with context.transaction() as writing:
        writing.put(Kind.PROFILE, PROFILE_ID, known | {_UPDATER: updated(_configuration(known), members)})
    return NO_CONTENT


def _profile(context: Context) -> Document:
    return context.view.get(Kind.PROFILE, PROFILE_ID) or _new_profile()


def _new_profile() -> Document:
    return {"id": PROFILE_ID, "isEnabled": True, _UPDATER: NEW_UPDATER}


def _configuration(profile: Document) -> Document:
    found = profile[_UPDATER]
    return found if isinstance(found, dict) else {}


def _window(known: object, value: object) -> Document:
    if not isinstance(value, dict):
        raise bad_request("Invalid value specified for property 'updateWindow' of the resource.", target="updateWindow")
    members = {name: each for name, each in value.items() if not name.startswith("@odata.")}
    checked(members, dict.fromkeys(_WINDOW, anything))
    before = known if isinstance(known, dict) else dict.fromkeys(_WINDOW)
    return before | {name: None if each is None else _time_of_day(name, each) for name, each in members.items()}


def _time_of_day(name: str, value: object) -> str:
    """A time as Graph writes an Edm.TimeOfDay, with seven digits of a second; `0:00:00` as on the page is read too."""
    found = _TIME.match(value) if isinstance(value, str) else None
    if not found or int(found[1]) > 23:
        raise bad_request(f"Invalid value specified for property '{name}' of the resource.", target=name)
    return f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}.0000000"


def _moment(value: object) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        target = "deferUpdateDateTime"
        raise bad_request(f"Invalid value specified for property '{target}' of the resource.", target=target) from None
    return utc(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))


_ROOT = "/onPremisesPublishingProfiles"
_ONE = f"{_ROOT}/{{profile}}"
_VERSIONS = ("beta",)

OPERATIONS = (
    Operation("GET", _ROOT, list_profiles, "list the publishing profiles", _GET, _VERSIONS),
    Operation("GET", _ONE, get_profile, "get the profile and, expanded, the whole topology", _GET, _VERSIONS),
    Operation("PATCH", _ONE, update_profile, "change the updater configuration", _UPDATE, _VERSIONS),
    Operation("GET", f"{_ONE}/{_UPDATER}", get_updater, "get the updater configuration", _UPDATE, _VERSIONS),
    Operation("PATCH", f"{_ONE}/{_UPDATER}", update_updater, "change the updater configuration", _UPDATE, _VERSIONS),
)
