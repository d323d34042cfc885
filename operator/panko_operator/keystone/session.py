"""Logging in at Keystone, with time-outs, and the library's errors as ours.

It keeps no token from one call to the next; who asks for one may.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from keystoneauth1 import exceptions as refusals
from keystoneauth1 import plugin
from keystoneauth1.identity import v3
from keystoneauth1.session import Session
from openstack import exceptions as sdk_refusals
from openstack.connection import Connection

from panko_operator.errors import (
    KeystoneError,
    KeystoneLoginRefusedError,
    KeystoneUnreachableError,
    KeystoneUntrustedError,
)
from panko_operator.world.values import KeystoneAdmin, ServiceUser, Token

_TIMEOUT_SECONDS: Final = 10
_WORDS: Final = 200  # of Keystone's own message
_UNREACHABLE: Final = (
    refusals.ConnectionError,  # connect failures and time-outs
    refusals.DiscoveryFailure,
    refusals.EndpointNotFound,
)


@contextmanager
def identity(admin: KeystoneAdmin) -> Iterator[Any]:
    """Log in as the administrator; hand out the SDK's identity proxy. Raise KeystoneError and its kind."""
    with _translated(admin.auth_url, admin.username), _session(admin, _administrator(admin)) as session:
        yield _proxy(session)


@contextmanager
def acting_as(admin: KeystoneAdmin, user: ServiceUser) -> Iterator[Any]:
    """Log in as the service user; hand out the SDK's identity proxy for what Keystone lets nobody else do."""
    with _translated(admin.auth_url, user.username), _session(admin, _service(admin, user)) as session:
        yield _proxy(session)


def identity_url(api: Any, admin: KeystoneAdmin) -> str:
    """Return where the middleware of services validates tokens, as the catalogue tells; empty when it does not."""
    asked = {"service_type": "identity", "interface": "internal", "region_name": admin.region}
    try:
        return str(api.session.get_endpoint(**asked, skip_discovery=True) or "")
    except refusals.CatalogException:
        return ""


def token(admin: KeystoneAdmin, user: ServiceUser) -> Token:
    """Log the service user in at its project. Raise KeystoneLoginRefusedError when Keystone does not accept it."""
    login = _service(admin, user)
    with _translated(admin.auth_url, user.username), _session(admin, login) as session:
        access = login.get_access(session)
        return Token(access.auth_token or "", access.expires or datetime.max.replace(tzinfo=UTC))


def lets_in(admin: KeystoneAdmin, user: ServiceUser) -> bool:
    """Tell whether Keystone accepts the service user's login."""
    try:
        token(admin, user)
    except KeystoneLoginRefusedError:
        return False
    return True


def told_catalogue(admin: KeystoneAdmin, token: Token) -> list[Any]:
    """Return the services that Keystone tells whoever has a token. Raise KeystoneLoginRefusedError for a dead one."""
    url, headers = f"{_versioned(admin.auth_url)}/auth/catalog", {"X-Auth-Token": token.id}
    try:
        with _translated(admin.auth_url, "the service user"), _session(admin, None) as session:
            return list(session.get(url, headers=headers, authenticated=False).json()["catalog"])
    except KeystoneLoginRefusedError:
        message = f"Keystone at {admin.auth_url} no longer takes the service user's token."
        raise KeystoneLoginRefusedError(message) from None


def _proxy(session: Session) -> Any:
    # The address that the user gave, not the catalogue's: that one may be out of a pod's reach.
    url = session.get_endpoint(interface=plugin.AUTH_INTERFACE, service_type="identity", version="3")
    if url is None:
        raise refusals.EndpointNotFound
    return Connection(session=session, identity_endpoint_override=url, identity_api_version="3").identity


@contextmanager
def _session(admin: KeystoneAdmin, auth: plugin.BaseAuthPlugin | None) -> Iterator[Session]:
    """Make a session that trusts the given authority alone. The library reads it from a file.

    No redirect is followed: the login would be sent to whatever address the answer names.
    """
    session = Session(auth=auth, timeout=_TIMEOUT_SECONDS, user_agent="panko-operator", redirect=False)
    if not admin.ca:
        yield session
        return
    with tempfile.NamedTemporaryFile("w", prefix="panko-", suffix=".crt") as authority:
        authority.write(admin.ca)
        authority.flush()
        session.verify = authority.name
        yield session


def _administrator(admin: KeystoneAdmin) -> v3.Password:
    return v3.Password(
        auth_url=_versioned(admin.auth_url),
        username=admin.username,
        password=admin.password,
        project_name=admin.project_name,
        user_domain_name=admin.user_domain_name,
        project_domain_name=admin.project_domain_name,
    )


def _service(admin: KeystoneAdmin, user: ServiceUser) -> v3.Password | v3.ApplicationCredential:
    if user.application is not None:
        return v3.ApplicationCredential(
            auth_url=_versioned(admin.auth_url),
            application_credential_name=user.application.username,
            application_credential_secret=user.application.password,
            username=user.username,
            user_domain_name=user.user_domain,
        )
    return v3.Password(
        auth_url=_versioned(admin.auth_url),
        username=user.username,
        password=user.password,
        user_domain_name=user.user_domain,
        project_name=user.project,
        project_domain_name=user.project_domain,
    )


def _versioned(url: str) -> str:
    base = url.rstrip("/")
    return base if base.endswith("/v3") else f"{base}/v3"


@contextmanager
def _translated(url: str, username: str) -> Iterator[None]:
    """Raise one of our errors for the libraries'. `from None`: they may quote a request."""
    try:
        yield
    except (refusals.Unauthorized, refusals.MissingAuthPlugin):
        message = f"Keystone at {url} refuses the user {username}; check its name, password, project and domains."
        raise KeystoneLoginRefusedError(message) from None
    except refusals.SSLError:
        message = (
            f"Keystone at {url} shows no certificate that is trusted; put the authority that signed it into "
            "spec.keystone.caSecretRef, and check the name in spec.keystone.authURL."
        )
        raise KeystoneUntrustedError(message) from None
    except _UNREACHABLE as error:
        message = f"Keystone at {url} does not answer ({type(error).__name__}); check spec.keystone.authURL."
        raise KeystoneUnreachableError(message) from None
    except (refusals.HttpError, sdk_refusals.HttpException) as error:
        raise _refusal(url, username, error) from None
    except (refusals.ClientException, sdk_refusals.SDKException, json.JSONDecodeError) as error:
        message = (
            f"Keystone at {url} gave an answer that cannot be used ({type(error).__name__}); check that "
            "spec.keystone.authURL is Keystone's."
        )
        raise KeystoneError(message) from None


def _refusal(url: str, username: str, error: Any) -> KeystoneError:
    status = int(getattr(error, "http_status", 0) or getattr(error, "status_code", 0) or 0)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.CONFLICT:
        # A conflict is an earlier request of ours that timed out here and went on there.
        return KeystoneUnreachableError(f"Keystone at {url} answers {status}; it is tried again.")
    words = said(getattr(error, "response", None))
    return KeystoneError(f"Keystone at {url} refused a request of {username} ({status}){words and f': {words}'}.")


def said(response: Any) -> str:
    """Return what Keystone itself says of an error, bounded; nothing of any other answer, which is not ours to show."""
    try:
        message = response.json()["error"]["message"]
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""
    return " ".join(message.split())[:_WORDS].rstrip(".") if isinstance(message, str) else ""
