"""The sign-in service beside Graph: OpenID configuration, tokens for applications and for users by device code.

Pages: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and v2-oauth2-device-code.
Assertions (a certificate's, or another issuer's) are read but their signatures are not verified: no key is known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from reconciler.emulator.context import Answer
from reconciler.emulator.identities import (
    IDENTITIES,
    LIFETIME,
    SECRET,
    Identity,
    Profile,
    claims,
    object_id,
    profile_of,
)
from reconciler.emulator.store import Document
from reconciler.emulator.tokens import claims_of, encoded, jwt
from reconciler.emulator.world import World

_PATHS = re.compile(
    r"/(?P<tenant>[^/]+)/(?P<what>v2\.0/\.well-known/openid-configuration|oauth2/v2\.0/(token|devicecode))/?"
)
_METADATA = "/metadata/endpoints"
_DEVICE_PAGE = "/devicelogin"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_ANY_TENANT = frozenset({"common", "organizations"})
_CODE_HOLDS = 900


class _Refused(Exception):
    """What the sign-in service says no with: a status, the protocol's word, and an AADSTS number and text."""

    def __init__(self, status: int, error: str, number: int, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.number, self.text = status, error, number, text


class _Asked(Struct, frozen=True):
    """One request: whose tenant, where the service stands, and the form."""

    tenant: str
    origin: str
    form: Mapping[str, str]

    @property
    def issuer(self) -> str:
        return f"{self.origin}/{self.tenant}/v2.0"

    @property
    def scopes(self) -> list[str]:
        return self.form.get("scope", "").split()


@dataclass(slots=True)
class SignIn:
    """The sign-in service of one world. Device codes, each with its client and the polls so far, are gone with it."""

    world: World
    _codes: dict[str, tuple[str, float, int]] = field(default_factory=dict)

    def answer(self, method: str, path: str, origin: str, body: bytes) -> Answer | None:
        """The answer to a request; None where it is not for the sign-in service."""
        fixed = {_METADATA: self._metadata, _DEVICE_PAGE: _device_page}.get(unquote(path).rstrip("/"))
        if fixed is not None:
            return fixed(origin)
        match = _PATHS.fullmatch(unquote(path))
        if match is None:
            return None
        try:
            asked = _Asked(self._tenant(match["tenant"]), origin, _form(body))
            return _json(self._calls[match["what"].rpartition("/")[2], method](asked))
        except KeyError:
            return _json({"error": "invalid_request"}, HTTPStatus.METHOD_NOT_ALLOWED)
        except _Refused as refused:
            return self._refusal(refused)

    @property
    def _calls(self) -> Mapping[tuple[str, str], Callable[[_Asked], Document]]:
        return {
            ("openid-configuration", "GET"): self._configuration,
            ("token", "POST"): self._token,
            ("devicecode", "POST"): self._device_code,
        }

    def _tenant(self, named: str) -> str:
        """The tenant's id. Raises _Refused for another tenant."""
        known = self.world.tenant
        if named.lower() in {known.id.lower(), known.domain.lower(), *_ANY_TENANT}:
            return known.id
        raise _Refused(400, "invalid_tenant", 90002, f"Tenant '{named[:64]}' not found.")

    def _metadata(self, origin: str) -> Answer:
        """Where the clouds' endpoints are, as Azure's own metadata tells it: all of them are here."""
        return _json(
            {
                "name": "AzureCloud",
                "resourceManager": origin,
                "microsoftGraphResourceId": origin,
                "authentication": {"loginEndpoint": origin, "audiences": [origin], "tenant": "common"},
            }
        )

    def _configuration(self, asked: _Asked) -> Document:
        base = f"{asked.origin}/{asked.tenant}/oauth2/v2.0"
        return {
            "issuer": asked.issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "device_authorization_endpoint": f"{base}/devicecode",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
        }

    def _token(self, asked: _Asked) -> Document:
        grants = {
            "client_credentials": self._for_application,
            _DEVICE_GRANT: self._for_code,
            "refresh_token": self._for_user_again,
        }
        grant = grants.get(asked.form.get("grant_type", ""))
        if grant is None:
            raise _Refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        return grant(asked)

    def _for_application(self, asked: _Asked) -> Document:
        identity = _known(asked)
        self._prove(asked, identity)
        if not any(scope.endswith("/.default") for scope in asked.scopes):
            text = "The provided value for the input parameter 'scope' is not valid: it must end in /.default."
            raise _Refused(400, "invalid_scope", 1002012, text)
        return self._granted(asked, identity, user=False)

    def _prove(self, asked: _Asked, identity: Identity) -> None:
        """Raise _Refused where a client does not prove who it is, by its secret or by an assertion."""
        form = asked.form
        if form.get("client_assertion_type") == _ASSERTION:
            found = claims_of(form.get("client_assertion", ""))
            expires = found.get("exp")
            if not isinstance(expires, int | float) or "sub" not in found:
                raise _Refused(401, "invalid_client", 50027, "JWT token is invalid or malformed.")
            if expires <= self.world.clock.now().timestamp():
                raise _Refused(401, "invalid_client", 700024, "Client assertion is not within its valid time range.")
        elif "client_secret" not in form:
            text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise _Refused(401, "invalid_client", 7000218, text)
        elif form["client_secret"] != SECRET:
            text = f"Invalid client secret provided for app '{identity.client_id}'."
            raise _Refused(401, "invalid_client", 7000215, text)

    def _device_code(self, asked: _Asked) -> Document:
        _known(asked)
        code, now = self.world.ids.uuid(), self.world.clock.now().timestamp()
        self._codes[code] = (asked.form["client_id"], now + _CODE_HOLDS, 0)
        page, shown = f"{asked.origin}{_DEVICE_PAGE}", code[:8].upper()
        return {
            "device_code": code,
            "user_code": shown,
            "verification_uri": page,
            "expires_in": _CODE_HOLDS,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {shown}.",
        }

    def _for_code(self, asked: _Asked) -> Document:
        """A token for a device code: on the second poll, as if a person had just signed in."""
        code = asked.form.get("device_code", "")
        client, until, polls = self._codes.get(code, ("", 0.0, 0))
        if client != asked.form.get("client_id") or until <= self.world.clock.now().timestamp():
            raise _Refused(400, "expired_token", 70020, "The provided value for 'device_code' is not valid or expired.")
        if not polls:
            self._codes[code] = (client, until, 1)
            raise _Refused(400, "authorization_pending", 70016, "The user has not yet signed in with the code.")
        del self._codes[code]
        return self._granted(asked, _known(asked), user=True)

    def _for_user_again(self, asked: _Asked) -> Document:
        identity = _known(asked)
        if claims_of(asked.form.get("refresh_token", "")).get("appid") != identity.client_id:
            raise _Refused(400, "invalid_grant", 9002313, "The refresh token is malformed.")
        return self._granted(asked, identity, user=True)

    def _granted(self, asked: _Asked, identity: Identity, *, user: bool) -> Document:
        """The answer with a token; for a user also with what lets a client renew it and remember the account."""
        now = self.world.clock.now().timestamp()
        audience = next((s.removesuffix("/.default") for s in asked.scopes if "://" in s), asked.origin)
        token = jwt(claims(identity, asked.tenant, now, audience=audience, issuer=asked.issuer, user=user))
        answer: Document = {
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": token,
        }
        if not user:
            return answer
        who = object_id(identity)
        account = {
            "aud": asked.form["client_id"],
            "iss": asked.issuer,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
            "oid": who,
            "sub": who,
            "tid": asked.tenant,
            "preferred_username": f"person@{self.world.tenant.domain}",
        }
        return answer | {
            "scope": asked.form.get("scope", ""),
            "refresh_token": jwt({"appid": identity.client_id}),
            "id_token": jwt(account),
            "client_info": encoded({"uid": who, "utid": asked.tenant}),
        }

    def _refusal(self, refused: _Refused) -> Answer:
        now, ids = self.world.clock.now(), self.world.ids
        body: Document = {
            "error": refused.error,
            "error_description": f"AADSTS{refused.number}: {refused.text}",
            "error_codes": [refused.number],
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%SZ"),
            "trace_id": ids.uuid(),
            "correlation_id": ids.uuid(),
        }
        return _json(body, refused.status)


def _known(asked: _Asked) -> Identity:
    """The identity that a request names. Raises _Refused for one that nobody knows."""
    named = asked.form.get("client_id", "")
    profile = profile_of(named)
    if profile is None:
        text = f"Application with identifier '{named[:64]}' was not found in the directory."
        raise _Refused(400, "unauthorized_client", 700016, text)
    return IDENTITIES[profile]


def issued(world: World, identity: Identity, origin: str, *, upn: str = "") -> str:
    """A token as a test asks for it, without signing in; `upn` is the user's principal name where one is given."""
    issuer, now = f"{origin}/{world.tenant.id}/v2.0", world.clock.now().timestamp()
    told = claims(identity, world.tenant.id, now, audience=origin, issuer=issuer, user=identity.is_user)
    return jwt(told | ({"upn": upn} if upn and identity.is_user else {}))


def profile_named(word: object) -> Profile:
    """The profile that a word names. Raises ValueError, which names those that there are."""
    try:
        return Profile(str(word))
    except ValueError:
        raise ValueError(f"a profile is one of {', '.join(Profile)}, not {str(word)[:64]!r}") from None


def _form(body: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _device_page(origin: str) -> Answer:
    del origin
    text = b"The emulator signs everybody in who asks twice; there is nothing to enter here.\n"
    return Answer(HTTPStatus.OK, text, content_type="text/plain; charset=utf-8")


def _json(body: Document, status: int = HTTPStatus.OK) -> Answer:
    return Answer(status, body, (("Cache-Control", "no-store"),), "application/json; charset=utf-8")
