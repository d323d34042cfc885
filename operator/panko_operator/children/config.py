"""The configuration that the service reads: panko.conf for each of its programs, policy.yaml and htpasswd.

Pure, and a format rather than code that is shared with the service: a test feeds what is rendered here to the
service's own option parser. The reasons of the figures are in docs/configuration.md.
"""

import dataclasses
import urllib.parse
from collections.abc import Mapping

from panko_operator.children.credentials import encode
from panko_operator.children.parts import digest as digests
from panko_operator.children.text import ini, policy
from panko_operator.errors import CustomConfigError
from panko_operator.resource import Panko
from panko_operator.world import DatabaseAddress, Login, Manifest

DIRECTORY = "/etc/panko"
CONF_FILE = f"{DIRECTORY}/panko.conf"
DRAIN_FILE = "/run/panko/draining"
LISTEN_PORT = 8777
METRICS_PORT = 9777

SQL_SCHEMES = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}
SQL_QUERIES = {"mysql": "?charset=utf8mb4", "postgresql": ""}

# What a user cannot set by customServiceConfig, and what to write instead.
OWNED: Mapping[tuple[str, str], str] = {
    ("api", "auth_strategy"): "tokens are always validated",
    ("api", "force_noauth"): "tokens are always validated",
    ("api", "host"): "the pods listen on every address",
    ("api", "port"): "write spec.service.port",
    ("api", "workers"): "write spec.api.workers",
    ("api", "threads"): "write spec.api.threads",
    ("api", "drain_file"): "it belongs to the lossless stop of a pod",
    ("api", "htpasswd_file"): "write spec.publishers",
    ("database", "connection"): "write spec.database",
    ("database", "event_connection"): "write spec.database",
    ("database", "event_time_to_live"): "write spec.retention.timeToLive",
    ("database", "events_delete_batch_size"): "write spec.retention.batchSize",
    ("keystone_authtoken", "auth_section"): "write spec.keystone",
    ("keystone_authtoken", "auth_type"): "write spec.keystone",
    ("keystone_authtoken", "auth_plugin"): "write spec.keystone",
    ("keystone_authtoken", "auth_url"): "write spec.keystone.authURL",
    ("keystone_authtoken", "username"): "write spec.keystone.serviceUser",
    ("keystone_authtoken", "user_name"): "write spec.keystone.serviceUser",
    ("keystone_authtoken", "password"): "the operator generates it",
    ("keystone_authtoken", "user_domain_name"): "write spec.keystone.userDomain",
    ("keystone_authtoken", "project_name"): "write spec.keystone.serviceProject",
    ("keystone_authtoken", "tenant_name"): "write spec.keystone.serviceProject",
    ("keystone_authtoken", "project_domain_name"): "write spec.keystone.projectDomain",
    ("keystone_authtoken", "region_name"): "write spec.keystone.region",
    ("keystone_authtoken", "memcached_servers"): "write spec.memcached.servers",
    ("keystone_authtoken", "memcache_security_strategy"): "cached tokens are always encrypted",
    ("keystone_authtoken", "memcache_secret_key"): "the operator generates it",
    ("metrics", "host"): "the pods listen on every address",
    ("metrics", "port"): "the pods always have it",
    ("oslo_policy", "policy_file"): "write spec.policy",
}


@dataclasses.dataclass(frozen=True, slots=True)
class ConfigInputs:
    """What the API's configuration needs beyond the spec. An htpasswd line is `name:bcrypt hash`."""

    api_login: Login
    service_user_password: str = dataclasses.field(repr=False)
    memcache_secret_key: str = dataclasses.field(repr=False)
    hash_key: str = dataclasses.field(repr=False)
    htpasswd_lines: tuple[str, ...] = dataclasses.field(repr=False, default=())


def check(panko: Panko) -> None:
    """Read `customServiceConfig` and `policy`; raise CustomConfigError when one cannot be used."""
    custom(panko)
    policy.parse(panko.spec.policy)


def secret(panko: Panko, inputs: ConfigInputs) -> Manifest:
    """Build the immutable Secret that the API's pods mount; its name says what it holds."""
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {},
        "type": "Opaque",
        "immutable": True,
        "data": encode(
            {
                "panko.conf": render_api(panko, inputs),
                "policy.yaml": policy.render(panko.spec.policy),
                "htpasswd": "".join(f"{line}\n" for line in inputs.htpasswd_lines),
            }
        ),
    }
    manifest["metadata"] = panko.metadata(panko.config_name(digest(manifest, inputs.hash_key)), "config")
    return manifest


def digest(manifest: Manifest, hash_key: str) -> str:
    """Return the keyed digest of a config Secret's content, as in its name and in `status.configHash`."""
    return digests.keyed(manifest["data"], hash_key)


def render_api(panko: Panko, inputs: ConfigInputs) -> str:
    """Write the panko.conf of the API's pods."""
    spec = panko.spec
    generated = {
        "api": {
            "auth_strategy": "keystone",
            "port": str(LISTEN_PORT),
            "workers": str(spec.api.workers),
            "threads": str(spec.api.threads),
            "drain_file": DRAIN_FILE,
            "htpasswd_file": f"{DIRECTORY}/htpasswd",
        },
        "database": {
            "connection": connection(panko.database_address(), inputs.api_login),
            "max_pool_size": str(spec.api.threads),
        },
        "keystone_authtoken": authtoken(panko, inputs) | token_cache(panko, inputs),
        # As the API does; there is no authentication on it, docs/metrics.md says how to confine it.
        "metrics": {"host": "0.0.0.0", "port": str(METRICS_PORT)},  # noqa: S104 - Prometheus asks from elsewhere
        "oslo_middleware": {"enable_proxy_headers_parsing": "true"},
        "oslo_policy": {"policy_file": f"{DIRECTORY}/policy.yaml"},
    }
    return ini.render(merge(generated, custom(panko)))


def render_database(panko: Panko, role: str, login: Login) -> str:
    """Write the panko.conf of the schema Job (role `schema`) or of the expirer (role `expirer`)."""
    retention = panko.spec.retention
    options = {"connection": connection(panko.database_address(), login)}
    if role == "expirer":
        options["event_time_to_live"] = str(int(retention.time_to_live.total_seconds()))
        options["events_delete_batch_size"] = str(retention.batch_size)
    logging = {name: options for name, options in custom(panko).items() if name == "DEFAULT"}
    return ini.render(merge(logging, {"database": options}))


def authtoken(panko: Panko, inputs: ConfigInputs) -> dict[str, str]:
    """Return how tokens are validated: strictly, and bounded in time when Keystone does not answer."""
    keystone = panko.spec.keystone
    return {
        "auth_type": "password",
        "auth_url": ini.literal(keystone.auth_url),
        "www_authenticate_uri": ini.literal(keystone.auth_url),
        "region_name": ini.literal(keystone.region),
        "username": ini.literal(panko.service_user),
        "password": ini.literal(inputs.service_user_password),
        "user_domain_name": ini.literal(keystone.user_domain),
        "project_name": ini.literal(keystone.service_project),
        "project_domain_name": ini.literal(keystone.project_domain),
        "service_type": "event",
        "service_token_roles_required": "true",
        "delay_auth_decision": "false",
        "include_service_catalog": "false",
        "http_connect_timeout": "4",
        "http_request_max_retries": "1",
        "token_cache_time": "60",
    }


def token_cache(panko: Panko, inputs: ConfigInputs) -> dict[str, str]:
    """Return where validated tokens are remembered; nothing when there is no memcached."""
    if not panko.spec.memcached_servers:
        return {}
    return {
        "memcached_servers": ",".join(panko.spec.memcached_servers),
        "memcache_security_strategy": "ENCRYPT",
        "memcache_secret_key": ini.literal(inputs.memcache_secret_key),
        "memcache_pool_socket_timeout": "1",
        "memcache_pool_dead_retry": "20",
        "memcache_pool_maxsize": str(panko.spec.api.threads + 2),
    }


def connection(address: DatabaseAddress, login: Login) -> str:
    """Write the URL of the database with an account, percent-encoded and safe in an INI file."""
    user, password = (urllib.parse.quote(part, safe="") for part in (login.username, login.password))
    host = f"[{address.host}]" if ":" in address.host else address.host
    name = urllib.parse.quote(address.name, safe="")
    scheme, query = SQL_SCHEMES[address.engine], SQL_QUERIES[address.engine]
    return ini.literal(f"{scheme}://{user}:{password}@{host}:{address.port}/{name}{query}")


def custom(panko: Panko) -> dict[str, dict[str, str]]:
    """Read `customServiceConfig`; raise CustomConfigError with the line for what the operator owns."""
    sections: dict[str, dict[str, str]] = {}
    for option in ini.parse(panko.spec.custom_service_config, "customServiceConfig"):
        instead = OWNED.get((option.section, option.key))
        if instead:
            raise CustomConfigError(
                f"spec.customServiceConfig line {option.line}: [{option.section}] {option.key} belongs to "
                f"the operator; remove it ({instead})."
            )
        sections.setdefault(option.section, {})[option.key] = option.value
    return sections


def merge(below: ini.Sections, above: ini.Sections) -> ini.Sections:
    """Lay options over options; what is above wins."""
    names = dict.fromkeys((*below, *above))
    return {name: {**below.get(name, {}), **above.get(name, {})} for name in names}
