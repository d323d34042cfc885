"""Every option of panko.conf that is Panko's own: name, type, default and meaning.

The one home of defaults. It reads no configuration: `panko.config` does.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from oslo_config import cfg

API = (
    cfg.StrOpt(
        "auth_strategy",
        choices=(
            ("keystone", "tokens are validated with [keystone_authtoken]"),
            ("noauth", "identity headers are believed as sent: for one machine only"),
        ),
        help="How callers prove who they are. Not set: keystone; without any configuration file: noauth.",
    ),
    cfg.BoolOpt(
        "force_noauth",
        default=False,
        help="Let auth_strategy = noauth listen on other addresses than loopback. Everybody who can connect is then "
        "whoever they say they are, admin included.",
    ),
    cfg.HostAddressOpt(
        "host",
        help="The address to listen on; :: is every address, of IPv6 and of IPv4, or of IPv4 alone where "
        "there is no IPv6. Not set: every address; with auth_strategy = noauth: 127.0.0.1.",
    ),
    cfg.PortOpt("port", default=8777, help="The port to listen on."),
    cfg.StrOpt(
        "tls_certificate_file",
        help="A certificate in PEM, and those between it and its authority after it. With it the API speaks TLS 1.2 "
        "and later, and nothing else; the port of [metrics] stays as it is. Read at the start. Not set: HTTP.",
    ),
    cfg.StrOpt("tls_key_file", help="The key of tls_certificate_file in PEM, without a password."),
    cfg.IntOpt("workers", default=2, min=1, max=256, help="Processes that serve requests."),
    cfg.IntOpt("threads", default=8, min=1, max=256, help="Requests that one process serves at the same time."),
    cfg.BoolOpt("access_log", default=False, help="Write a line for each request to standard output."),
    cfg.IntOpt(
        "header_timeout",
        default=15,
        min=1,
        help="Seconds within which all headers of a request have to arrive, and before them all that TLS takes; then "
        "it is answered with 408.",
    ),
    cfg.IntOpt(
        "body_timeout",
        default=20,
        min=1,
        help="Seconds within which all of a request's body has to arrive; then it is answered with 408.",
    ),
    cfg.IntOpt("default_api_return_limit", default=100, min=1, help="Events on a page when the caller gives no limit."),
    cfg.IntOpt(
        "max_api_return_limit",
        default=10_000,
        min=1,
        help="Events on a page at most; a higher limit of a caller is lowered to this.",
    ),
    cfg.IntOpt(
        "max_page_bytes",
        default=4 * 1024 * 1024,
        min=64 * 1024,
        help="Bytes of raw and traits, as they are stored, on a page at most: where events are large a page ends "
        "before its limit, but never before its first event. A request may need several times as much memory.",
    ),
    cfg.IntOpt(
        "max_request_body_size",
        default=8 * 1024 * 1024,
        min=1024,
        help="Bytes of a request's body at most; more is answered with 413.",
    ),
    cfg.IntOpt(
        "max_raw_size",
        default=1024 * 1024,
        min=1024,
        max=16 * 1024 * 1024,
        help="Bytes of JSON that the raw of one event holds at most; an event with more is refused. "
        "max_request_body_size, and max_allowed_packet of MariaDB and MySQL, have to leave room for it.",
    ),
    cfg.IntOpt(
        "max_posted_bytes",
        default=8 * 1024 * 1024,
        min=64 * 1024,
        help="Bytes of posted bodies, without their encoding, that one process works on at the same time, not counting "
        "the first 64 KiB of each. Beside others, a request that would exceed it is answered with 503 before it is "
        "read; one alone never is. Documents take up to forty times as much memory as their text.",
    ),
    cfg.StrOpt(
        "htpasswd_file",
        help="Accounts that may POST events with HTTP Basic and do nothing else, as ceilometer's http publisher does. "
        "Lines of `htpasswd -B -C 10`, two of one name while its password changes; read again when it changes. "
        "Lines `NAME event_types=a.*,b` and `NAME projects=ID,ID` confine one of them. "
        "Not set: no such accounts.",
    ),
    cfg.StrOpt(
        "drain_file",
        help="While this file exists /healthcheck answers 404: load balancers send nothing new, and what is "
        "under way is finished.",
    ),
)

DATABASE = (
    cfg.StrOpt(
        "connection",
        secret=True,
        help="URL of the database, as mysql+pymysql://panko:password@host/panko, postgresql://… or sqlite:///path. "
        "Not set: event_connection, else an SQLite file of the user who runs the command.",
    ),
    cfg.StrOpt(
        "event_connection",
        secret=True,
        deprecated_for_removal=True,
        deprecated_reason="[database] connection does the same and is read first.",
        help="URL of the database when connection is not set.",
    ),
    cfg.IntOpt(
        "max_pool_size",
        default=8,
        min=1,
        help="Connections that one process keeps to the database at most. Below [api] threads, requests wait for one.",
    ),
    cfg.FloatOpt(
        "slow_query_seconds",
        default=1.0,
        min=0,
        help="A statement that takes so long is logged, without its values. 0: none is.",
    ),
    cfg.IntOpt(
        "event_time_to_live",
        default=-1,
        help="Seconds that events are kept, counted from when they were generated; panko-expirer deletes older ones. "
        "0 and less: for ever.",
    ),
    cfg.IntOpt(
        "events_delete_batch_size",
        default=0,
        min=0,
        help="Events that panko-expirer deletes in one transaction. 0: a size that keeps transactions short.",
    ),
)

HEALTHCHECK = (
    cfg.StrOpt(
        "disable_by_file_path",
        default="/etc/panko/healthcheck_disable",
        help="While this file exists /healthcheck answers 503.",
    ),
)

METRICS = (
    cfg.HostAddressOpt(
        "host",
        default="127.0.0.1",
        help="The address to listen on. Whoever reaches it may read all figures: there is no authentication.",
    ),
    cfg.PortOpt(
        "port",
        help="The port of /metrics, for Prometheus, and of /health, which tells the state of the database; 9777 is "
        "usual. Not set: there is no such port. Of panko-api only, not of other WSGI servers.",
    ),
)

GROUPS: tuple[tuple[str, Sequence[cfg.Opt]], ...] = (
    ("api", API),
    ("database", DATABASE),
    ("healthcheck", HEALTHCHECK),
    ("metrics", METRICS),
)


# What the service wants of its libraries' options where nobody says otherwise.
LIBRARY_DEFAULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        # The original's.
        "cors": {
            "allow_headers": [
                "X-Auth-Token",
                "X-Identity-Status",
                "X-Roles",
                "X-Service-Catalog",
                "X-User-Id",
                "X-Tenant-Id",
                "X-Openstack-Request-Id",
            ],
            "expose_headers": ["X-Auth-Token", "X-Subject-Token", "X-Service-Token", "X-Openstack-Request-Id"],
            "allow_methods": ["GET", "PUT", "POST", "DELETE", "PATCH"],
        },
        # What keystonemiddleware does by default is not what a service wants whose Keystone or memcached is down.
        "keystone_authtoken": {
            "delay_auth_decision": False,  # True turns an outage of Keystone into 401
            "http_connect_timeout": 4,  # seconds, twice at most; bounds the answer too, and there is none otherwise
            "http_request_max_retries": 1,
            "include_service_catalog": False,
            "memcache_pool_dead_retry": 20,  # seconds until a server that came back is used again
            "memcache_pool_socket_timeout": 1,
            "service_token_roles_required": True,
            "service_type": "event",
            "token_cache_time": 60,  # seconds that a token outlives an outage, and its own revocation
        },
    }
)


def set_library_defaults() -> None:
    """Let oslo-config-generator show what holds here. It changes the libraries, so no service may call it."""
    from keystonemiddleware.auth_token import _opts as auth_token  # noqa: PLC0415 - for the generator alone
    from oslo_middleware import cors  # noqa: PLC0415 - as above

    cors.set_defaults(**LIBRARY_DEFAULTS["cors"])
    # The module is private, but what it lists are copies.
    cfg.set_defaults(auth_token._OPTS, **LIBRARY_DEFAULTS["keystone_authtoken"])  # noqa: SLF001


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """List the options by group, for oslo-config-generator and for registration."""
    return [(group, list(options)) for group, options in GROUPS]
