"""What the page is told by the configuration. Values only."""

import dataclasses
import urllib.parse
from collections.abc import Iterable

from keystoneauth1 import loading
from oslo_config import cfg

from panko import config
from panko.errors import ConfigurationError

GROUP = "keystone_authtoken"
VERSION = "/v3"
STANDARD_PORTS = {"http": 80, "https": 443}
MOST_CHARACTERS = 64  # of an id, in Keystone


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """A login at Keystone itself: what people see, and a protocol of Keystone, of one identity provider or of any."""

    name: str
    protocol: str
    provider: str = ""

    @property
    def id(self) -> str:
        """Return what it is called in URLs of this page."""
        return f"{self.provider}/{self.protocol}" if self.provider else self.protocol


@dataclasses.dataclass(frozen=True, slots=True)
class Federation:
    """Logins at Keystone itself. `url` is where browsers reach it, and `origin` what they call its pages."""

    url: str
    origin: str
    ways: tuple[Way, ...]

    def way(self, identifier: str) -> Way | None:
        """Return a way by its id."""
        return next((way for way in self.ways if way.id == identifier), None)

    def address(self, way: Way, *, back: str) -> str:
        """Return where a browser begins a login of which the token is sent `back`."""
        quoted = [urllib.parse.quote(each, safe="") for each in (way.provider, way.protocol)]
        path = "identity_providers/{}/protocols/{}/websso".format(*quoted) if way.provider else f"websso/{quoted[1]}"
        return f"{self.url}/auth/OS-FEDERATION/{path}?{urllib.parse.urlencode({'origin': back})}"


@dataclasses.dataclass(frozen=True, slots=True)
class Login:
    """Where people log in, with `/v3` at the end, and how that server proves who it is.

    `threads` are those of the process, of which logins may have a part.
    """

    auth_url: str
    keys_file: str
    default_domain: str
    verify: str | bool
    threads: int
    federation: Federation | None = None


def login(conf: cfg.ConfigOpts) -> Login | None:
    """Return how people log in; None where callers are believed. Raise ConfigurationError."""
    if config.auth_strategy(conf) != "keystone":
        return None
    if not conf.explorer.session_keys_file:
        message = (
            "[explorer] session_keys_file is not set, and people log in there: write a key to a file with "
            "`openssl rand -base64 32 | tr +/ -_`, and set it to that; or set [explorer] enabled = false."
        )
        raise ConfigurationError(message)
    url = conf.explorer.auth_url or conf[GROUP].www_authenticate_uri or _auth_url(conf)
    if not url:
        raise ConfigurationError("Nobody can log in: set [explorer] auth_url to the URL of Keystone.")
    return Login(
        auth_url=_versioned(url),
        keys_file=conf.explorer.session_keys_file,
        default_domain=conf.explorer.default_domain,
        verify=False if conf[GROUP].insecure else conf[GROUP].cafile or True,
        threads=conf.api.threads,
        federation=_federation(conf, conf.explorer.websso_url or conf[GROUP].www_authenticate_uri or url),
    )


def origin(url: str) -> str:
    """Return how browsers call the origin of a URL. Raise ValueError where it has none."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in STANDARD_PORTS or not parts.hostname:
        raise ValueError(url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_told = parts.port not in (None, STANDARD_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}:{parts.port}" if is_told else f"{parts.scheme}://{host}"


def _federation(conf: cfg.ConfigOpts, url: str) -> Federation | None:
    if not conf.explorer.websso:
        return None
    try:
        return Federation(_versioned(url), origin(url), _ways(conf.explorer.websso))
    except ValueError:
        message = (
            "Nobody can log in with [explorer] websso: set websso_url to the URL at which browsers reach Keystone."
        )
        raise ConfigurationError(message) from None


def _ways(written: Iterable[str]) -> tuple[Way, ...]:
    found: dict[str, Way] = {}
    for each in written:
        name, _, target = (part.strip() for part in each.rpartition("="))
        provider, _, protocol = target.rpartition("/")
        is_one = name and protocol and "/" not in provider and not target.startswith("/")
        if not is_one or max(len(provider), len(protocol)) > MOST_CHARACTERS:
            raise ConfigurationError(
                f"[explorer] websso has {each!r}: write name=protocol or name=provider/protocol, as Keystone has them."
            )
        way = Way(name, protocol, provider)
        if way.id in found:
            raise ConfigurationError(f"[explorer] websso has {way.id} twice; leave it there once.")
        found[way.id] = way
    return tuple(found.values())


def _versioned(url: str) -> str:
    return url.rstrip("/").removesuffix(VERSION) + VERSION


def _auth_url(conf: cfg.ConfigOpts) -> str | None:
    """Return where the service itself logs in. keystonemiddleware registers the same option, but later."""
    options = [option for option in loading.get_auth_plugin_conf_options("password") if option.dest == "auth_url"]
    conf.register_opts(options, group=GROUP)
    url = conf[GROUP].auth_url
    return None if url is None else str(url)
