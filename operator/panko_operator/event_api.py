"""The event API as a client sees it: one authenticated query through the Service.

It neither writes an event nor looks at what the answer's events say. How new they are it asks for beside that.
"""

import json
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import urllib3

from panko_operator.errors import EventAPIError, KeystoneError
from panko_operator.world.values import Freshness, KeystoneAdmin, Proof, ServiceFreshness, ServiceUser, Token

_TIMEOUT: Final = urllib3.Timeout(connect=3, read=15)  # the API's own bound is 10 s
_FRESHNESS: Final = "/v2/search/freshness?all_projects=true"
_WORDS: Final = 200  # of the API's own message


class EventAPIClient:
    """`world.EventAPI` on a real API. `token` gives a token of a service user."""

    def __init__(self, token: Callable[[KeystoneAdmin, ServiceUser], Token]) -> None:
        self._token = token

    def query(
        self,
        url: str,
        admin: KeystoneAdmin,
        user: ServiceUser,
        *,
        served_by: Sequence[str] = (),  # noqa: ARG002 -- they are asked all the same
        proof: Proof | None = None,
    ) -> Token:
        """List one event with a token of the service user, and return it; raise EventAPIError unless it is answered."""
        try:
            token = self._token(admin, user)
        except KeystoneError as error:
            raise EventAPIError(f"The service user gets no token to try the API with: {error}") from error
        self.ask_again(url, token, proof=proof)
        return token

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """List one event with a token; raise EventAPIError unless it is answered.

        That the service user may not list events is an answer too: the API knows who asks, and the policy is the
        user's business.
        """
        status, text, is_panko = _get(url, f"{url.rstrip('/')}/v2/events?limit=1", token.id, proof=proof)
        refused = is_panko and status == HTTPStatus.FORBIDDEN and _is_fault(text)
        if not refused and (status != HTTPStatus.OK or not _is_array(text)):
            said = _said(text)
            raise EventAPIError(
                f"{url}/v2/events answered {status}{said and f': {said}'}; look at the log of the API pods."
            )

    def freshness(self, url: str, token: Token, *, proof: Proof | None) -> Freshness | None:
        """Return how new events are; None where the API does not tell. What is wrong with it the query says."""
        try:
            status, text, is_panko = _get(url, f"{url.rstrip('/')}{_FRESHNESS}", token.id, proof=proof)
        except EventAPIError:
            return None
        return _freshness(text) if is_panko and status == HTTPStatus.OK else None


def _get(url: str, address: str, token: str, *, proof: Proof | None) -> tuple[int, str, bool]:
    headers = {"X-Auth-Token": token, "Accept": "application/json", "User-Agent": "panko-operator"}
    try:
        with _connections(proof) as connections:
            answer = connections.request(
                "GET", address, headers=headers, timeout=_TIMEOUT, retries=False, redirect=False
            )
    except urllib3.exceptions.SSLError as error:
        raise EventAPIError(f"{url} {_untrusted(error)}") from None
    except urllib3.exceptions.HTTPError as error:
        message = f"{url} does not answer ({type(error).__name__}); look at the Service and the pods behind it."
        raise EventAPIError(message) from None
    # Proxies and gateways refuse with 403 as well; the API alone gives each request an id.
    return answer.status, answer.data.decode(errors="replace"), "x-openstack-request-id" in answer.headers


def _connections(proof: Proof | None) -> urllib3.PoolManager:
    if proof is None:
        return urllib3.PoolManager()
    context = ssl.create_default_context(cadata=proof.authority or None)
    return urllib3.PoolManager(ssl_context=context, server_hostname=proof.name)


def _untrusted(error: urllib3.exceptions.SSLError) -> str:
    """Say what to do about a server that is not believed."""
    cause = error.args[0] if error.args else None
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return "does not speak TLS as it should; look at the log of the pods behind the Service."
    return (
        f"shows a certificate that is not trusted ({cause.verify_message}); write the certificates between it and its "
        "authority into tls.crt, and the authority's, where it is not a public one, into ca.crt of the Secret."
    )


def _freshness(text: str) -> Freshness | None:
    try:
        found = json.loads(text)
        services = (ServiceFreshness(one["service"], _moment(one["newest"])) for one in found["services"])
        newest, oldest = (None if found[name] is None else _moment(found[name]) for name in ("newest", "oldest"))
        return Freshness(newest, oldest, found["number"], float(found["events_per_minute"]), tuple(services))
    except (KeyError, TypeError, ValueError):
        return None


def _moment(text: Any) -> datetime:
    """Read a time as the API writes it, in UTC without a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _is_array(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def _is_fault(text: str) -> bool:
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    fault = answer.get("error_message") if isinstance(answer, dict) else None
    return isinstance(fault, dict) and fault.keys() == {"faultcode", "faultstring", "debuginfo"}


def _said(text: str) -> str:
    """Return what the API itself says of an error, bounded; nothing of any other answer, which is not ours to show."""
    try:
        message = json.loads(text)["error_message"]["faultstring"]
    except (KeyError, TypeError, ValueError):
        return ""
    return " ".join(message.split())[:_WORDS] if isinstance(message, str) else ""
