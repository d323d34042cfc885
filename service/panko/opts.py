"""Every option of panko.conf that is Panko's own: name, type, default and meaning.

The one home of defaults. It reads no configuration: `panko.config` does.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from oslo_config import cfg

from panko.collector_opts import COLLECTOR
from panko.stories.traits import IDS, SERVER_PATHS

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
    cfg.FloatOpt(
        "search_seconds",
        default=5.0,
        min=0.1,
        max=8,  # as long as any statement may take
        help="Seconds that a page of a search may take; one that takes longer is broken off, and answered as far as it "
        "came. The answer says so.",
    ),
    cfg.ListOpt(
        "id_traits",
        default=[
            *(*IDS, "server_id", "snapshot_id", "image_id", "port_id", "network_id", "router_id", "stack_id"),
            *(f"requestPath={path}" for path in SERVER_PATHS),
        ],
        help="The traits in which the id of a resource may stand: what searches for a resource look into. "
        "`TRAIT=PATH/{id}` is one that has the id in a path, as events of the audit middleware do.",
    ),
    cfg.ListOpt(
        "admin_traits",
        default=["host", "hostname", "hypervisor", "hypervisor_hostname", "node", "compute_host"],
        help="The traits that a search hides from those who see their whole project without being admins; raw is "
        "hidden from them too.",
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

ARCHIVE = (
    cfg.StrOpt(
        "directory",
        help="A directory, that of a mounted volume, in which panko-expirer writes events before it deletes them; it "
        "has to be there. Not set, and no s3_bucket either: events are deleted without an archive.",
    ),
    cfg.StrOpt("s3_endpoint", help="URL of storage that speaks S3, as https://objects.example:9000. Not set: AWS."),
    cfg.StrOpt("s3_bucket", help="The bucket to write to instead; it has to be there."),
    cfg.StrOpt("s3_prefix", help="What the keys of all objects begin with, as cloud-1/events."),
    cfg.StrOpt("s3_region", default="us-east-1", help="The region that requests are signed for."),
    cfg.StrOpt(
        "s3_access_key_id",
        help="Who lists, reads and writes objects; none is deleted. Not set, and no s3_secret_access_key either: whom "
        "boto3 finds, as by AWS_WEB_IDENTITY_TOKEN_FILE.",
    ),
    cfg.StrOpt("s3_secret_access_key", secret=True, help="The secret that belongs to s3_access_key_id."),
    cfg.StrOpt("s3_ca_file", help="Certificates in PEM for s3_endpoint. Not set: the well-known authorities."),
)

EXPLORER = (
    cfg.BoolOpt(
        "enabled",
        help="Serve the page for people under /explore. Not set: false; without any configuration file: true.",
    ),
    cfg.StrOpt(
        "session_keys_file",
        help="Keys that encrypt who has logged in, one a line, each 32 bytes in URL-safe base64: the first encrypts, "
        "and each of them reads. All processes and replicas have the same; read again when it changes. The page needs "
        "it where auth_strategy is keystone.",
    ),
    cfg.StrOpt(
        "auth_url",
        help="URL of the Keystone to which passwords of people are sent. Not set: [keystone_authtoken] "
        "www_authenticate_uri, else auth_url.",
    ),
    cfg.StrOpt("default_domain", default="Default", help="The domain of users that the form for logins suggests."),
    cfg.ListOpt(
        "websso",
        default=[],
        help="Logins at Keystone itself, by the identity providers that it knows: for each the name that people see, "
        "and Keystone's protocol as name=protocol, or an identity provider and its protocol as "
        "name=provider/protocol. Keystone has to have the URL of this page, with /explore/websso at its end, as a "
        "trusted_dashboard.",
    ),
    cfg.StrOpt(
        "websso_url",
        help="URL of Keystone as browsers reach it, for websso: they are sent there, and tokens are taken from pages "
        "of its origin alone. Not set: [keystone_authtoken] www_authenticate_uri, else auth_url.",
    ),
)

GROUPS: tuple[tuple[str, Sequence[cfg.Opt]], ...] = (
    ("api", API),
    ("collector", COLLECTOR),
    ("database", DATABASE),
    ("healthcheck", HEALTHCHECK),
    ("metrics", METRICS),
    ("archive", ARCHIVE),
    ("explorer", EXPLORER),
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
