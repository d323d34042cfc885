"""The configuration that the service reads: panko.conf for each of its programs, policy.yaml and htpasswd.

Pure, and a format rather than code that is shared with the service: a test feeds what is rendered here to the
service's own option parser. The reasons of the figures are in docs/configuration.md.
"""

import dataclasses
import urllib.parse
from collections.abc import Mapping

from panko_operator.children.credentials import encode
from panko_operator.children.parts import archive, trust
from panko_operator.children.parts import digest as digests
from panko_operator.children.parts import explorer as page
from panko_operator.children.text import htpasswd, ini, options, policy, session_keys
from panko_operator.errors import CustomConfigError
from panko_operator.resource import Panko
from panko_operator.world import Manifest
from panko_operator.world.values import Login

DIRECTORY = "/etc/panko"
CONF_FILE = f"{DIRECTORY}/panko.conf"
TLS_DIRECTORY = "/etc/panko-tls"
SESSION_KEYS = "session-keys"
DRAIN_FILE = "/run/panko/draining"
LISTEN_PORT = 8777
METRICS_PORT = 9777
EVERY_ADDRESS = "::"  # of both families; the service takes IPv4 alone where a node has no IPv6

SQL_SCHEMES = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}
SQL_ARGUMENTS: Mapping[str, Mapping[str, str]] = {"mysql": {"charset": "utf8mb4"}, "postgresql": {}}

# What a user cannot set by customServiceConfig, and what to write instead.
OWNED: Mapping[tuple[str, str], str] = {
    ("DEFAULT", "log_config_append"): "pods log to their output, by debug, use_json and default_log_levels",
    ("DEFAULT", "log_dir"): "pods log to their output",
    ("DEFAULT", "log_file"): "pods log to their output",
    ("api", "auth_strategy"): "tokens are always validated",
    ("api", "force_noauth"): "tokens are always validated",
    ("api", "host"): "the pods listen on every address",
    ("api", "port"): "write spec.service.port",
    ("api", "tls_certificate_file"): "write spec.tls",
    ("api", "tls_key_file"): "write spec.tls",
    ("api", "workers"): "write spec.api.workers",
    ("api", "threads"): "write spec.api.threads",
    ("api", "drain_file"): "it belongs to the lossless stop of a pod",
    ("api", "htpasswd_file"): "write spec.publishers",
    ("archive", "directory"): "write spec.retention.archive",
    ("archive", "s3_endpoint"): "write spec.retention.archive",
    ("archive", "s3_bucket"): "write spec.retention.archive",
    ("archive", "s3_prefix"): "write spec.retention.archive",
    ("archive", "s3_region"): "write spec.retention.archive",
    ("archive", "s3_access_key_id"): "write spec.retention.archive",
    ("archive", "s3_secret_access_key"): "write spec.retention.archive",
    ("archive", "s3_ca_file"): "write spec.retention.archive",
    ("collector", "transport_url"): "write spec.collector.transportURLSecretRefs",
    ("collector", "exchanges"): "write spec.collector.exchanges",
    ("collector", "topics"): "write spec.collector.topics",
    ("collector", "sample_topics"): "write spec.collector.sampleTopics",
    ("collector", "telemetry_secret"): "write spec.collector.telemetrySecretRef",
    ("collector", "event_definitions"): "write spec.collector.definitionsConfigMapRef",
    ("collector", "health_host"): "the pods listen on every address",
    ("collector", "health_port"): "the pods always have it",
    ("database", "connection"): "write spec.database",
    ("database", "event_connection"): "write spec.database",
    ("database", "event_time_to_live"): "write spec.retention.timeToLive",
    ("database", "events_delete_batch_size"): "write spec.retention.batchSize",
    ("explorer", "enabled"): "write spec.explorer",
    ("explorer", "session_keys_file"): "the operator generates the keys",
    ("keystone_authtoken", "auth_section"): "write spec.keystone",
    ("keystone_authtoken", "auth_type"): "write spec.keystone",
    ("keystone_authtoken", "auth_url"): "write spec.keystone.authURL",
    ("keystone_authtoken", "username"): "write spec.keystone.serviceUser",
    ("keystone_authtoken", "user_id"): "write spec.keystone.serviceUser",
    ("keystone_authtoken", "password"): "the operator generates it",
    ("keystone_authtoken", "application_credential_id"): "write spec.keystone.serviceAuth",
    ("keystone_authtoken", "application_credential_name"): "write spec.keystone.serviceAuth",
    ("keystone_authtoken", "application_credential_secret"): "the operator generates it",
    ("keystone_authtoken", "user_domain_name"): "write spec.keystone.userDomain",
    ("keystone_authtoken", "project_name"): "write spec.keystone.serviceProject",
    ("keystone_authtoken", "project_id"): "write spec.keystone.serviceProject",
    ("keystone_authtoken", "project_domain_id"): "write spec.keystone.projectDomain",
    ("keystone_authtoken", "user_domain_id"): "write spec.keystone.userDomain",
    ("keystone_authtoken", "system_scope"): "write spec.keystone",
    ("keystone_authtoken", "domain_id"): "write spec.keystone",
    ("keystone_authtoken", "domain_name"): "write spec.keystone",
    ("keystone_authtoken", "default_domain_id"): "write spec.keystone",
    ("keystone_authtoken", "default_domain_name"): "write spec.keystone",
    ("keystone_authtoken", "trust_id"): "write spec.keystone",
    ("keystone_authtoken", "project_domain_name"): "write spec.keystone.projectDomain",
    ("keystone_authtoken", "cafile"): "write spec.keystone.caSecretRef",
    ("keystone_authtoken", "region_name"): "write spec.keystone.region",
    ("keystone_authtoken", "memcached_servers"): "write spec.memcached.servers",
    ("keystone_authtoken", "memcache_security_strategy"): "cached tokens are always encrypted",
    ("keystone_authtoken", "memcache_secret_key"): "the operator generates it",
    ("keystone_authtoken", "memcache_tls_enabled"): "write spec.memcached.tls",
    ("keystone_authtoken", "memcache_tls_cafile"): "write spec.memcached.tls",
    ("keystone_authtoken", "memcache_tls_certfile"): "write spec.memcached.tls",
    ("keystone_authtoken", "memcache_tls_keyfile"): "write spec.memcached.tls",
    ("metrics", "host"): "the pods listen on every address",
    ("metrics", "port"): "the pods always have it",
    ("oslo_policy", "policy_dirs"): "write spec.policy",
    ("oslo_policy", "policy_file"): "write spec.policy",
}


@dataclasses.dataclass(frozen=True, slots=True)
class ConfigInputs:
    """What the API's configuration needs beyond the spec. An htpasswd line is `name:bcrypt hash`."""

    api_login: Login
    service_user: Login
    memcache_secret_key: str = dataclasses.field(repr=False)
    hash_key: str = dataclasses.field(repr=False)
    htpasswd_lines: tuple[str, ...] = dataclasses.field(repr=False, default=())
    session_keys: str = dataclasses.field(repr=False, default="")  # a line each; of the page
    application: Login | None = None  # by which the service user logs in instead of its password


def check(panko: Panko) -> None:
    """Read `customServiceConfig` and `policy`; raise CustomConfigError when one cannot be used."""
    custom(panko)
    policy.check(panko.spec.policy)


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
                "htpasswd": htpasswd.render(panko.spec.publishers, inputs.htpasswd_lines),
                **({SESSION_KEYS: session_keys.render(inputs.session_keys)} if page.served(panko) else {}),
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
            "host": EVERY_ADDRESS,
            "port": str(LISTEN_PORT),
            "workers": str(spec.api.workers),
            "threads": str(spec.api.threads),
            "drain_file": DRAIN_FILE,
            "htpasswd_file": f"{DIRECTORY}/htpasswd",
            **tls_files(panko),
        },
        "database": {
            "connection": connection(panko, inputs.api_login),
            "max_pool_size": str(spec.api.threads),
        },
        "keystone_authtoken": authtoken(panko, inputs) | token_cache(panko, inputs),
        **explorer(panko),
        # As the API does; there is no authentication on it, docs/metrics.md says how to confine it.
        "metrics": {"host": EVERY_ADDRESS, "port": str(METRICS_PORT)},
        "oslo_middleware": {"enable_proxy_headers_parsing": "true"},
        "oslo_policy": {"policy_file": f"{DIRECTORY}/policy.yaml"},
    }
    # What is the collector's is in its own, and another one of it restarts no pod of the API.
    written = {name: options for name, options in custom(panko).items() if name != "collector"}
    return ini.render(merge(generated, written))


def files(panko: Panko) -> tuple[str, ...]:
    """Return the keys of the config Secret that the pods mount."""
    return ("panko.conf", "policy.yaml", "htpasswd", *((SESSION_KEYS,) if page.served(panko) else ()))


def explorer(panko: Panko) -> dict[str, dict[str, str]]:
    """Return how the page is served; nothing where it is not."""
    if not page.served(panko):
        return {}
    domain = ini.literal(panko.spec.keystone.user_domain)
    keys = f"{DIRECTORY}/{SESSION_KEYS}"
    return {"explorer": {"enabled": "true", "session_keys_file": keys, "default_domain": domain}}


def tls_files(panko: Panko) -> dict[str, str]:
    """Return by what the API's pods are known, where they speak TLS."""
    if panko.spec.tls is None:
        return {}
    return {"tls_certificate_file": f"{TLS_DIRECTORY}/tls.crt", "tls_key_file": f"{TLS_DIRECTORY}/tls.key"}


def render_database(panko: Panko, role: str, login: Login, *, archive_key: Login | None = None) -> str:
    """Write the panko.conf of the schema Job (role `schema`) or of the expirer (role `expirer`).

    The latter has the key of the archive's bucket, an id and a secret. Without it the archive is named all the same:
    an expirer that cannot write events there deletes none.
    """
    retention = panko.spec.retention
    database = {"connection": connection(panko, login)}
    if role == "expirer":
        database["event_time_to_live"] = str(int(retention.time_to_live.total_seconds()))
        database["events_delete_batch_size"] = str(retention.batch_size)
    sections = {"database": database}
    if role == "expirer" and retention.archive is not None:
        sections["archive"] = archive.options(retention.archive, archive_key)
    logging = {name: written for name, written in custom(panko).items() if name == "DEFAULT"}
    return ini.render(merge(logging, sections))


def authtoken(panko: Panko, inputs: ConfigInputs) -> dict[str, str]:
    """Return how tokens are validated: strictly, and bounded in time when Keystone does not answer."""
    keystone = panko.spec.keystone
    return {
        "auth_type": "password" if inputs.application is None else "v3applicationcredential",
        "auth_url": ini.literal(keystone.auth_url),
        "www_authenticate_uri": ini.literal(keystone.auth_url),
        "region_name": ini.literal(keystone.region),
        "username": ini.literal(inputs.service_user.username),
        **_proof(panko, inputs),
        "service_type": "event",
        "service_token_roles_required": "true",
        "delay_auth_decision": "false",
        "include_service_catalog": "false",
        **trust.keystone_options(panko),
        "http_connect_timeout": "4",
        "http_request_max_retries": "1",
        "token_cache_time": "60",
    }


def _proof(panko: Panko, inputs: ConfigInputs) -> dict[str, str]:
    """Return by what the service user is known. An application credential is one of a project, and says so itself."""
    keystone, application = panko.spec.keystone, inputs.application
    if application is not None:
        return {
            "user_domain_name": ini.literal(keystone.user_domain),
            "application_credential_name": ini.literal(application.username),
            "application_credential_secret": ini.literal(application.password),
        }
    return {
        "password": ini.literal(inputs.service_user.password),
        "user_domain_name": ini.literal(keystone.user_domain),
        "project_name": ini.literal(keystone.service_project),
        "project_domain_name": ini.literal(keystone.project_domain),
    }


def token_cache(panko: Panko, inputs: ConfigInputs) -> dict[str, str]:
    """Return where validated tokens are remembered; nothing when there is no memcached."""
    if not panko.spec.memcached.servers:
        return {}
    return {
        "memcached_servers": ",".join(map(memcached_server, panko.spec.memcached.servers)),
        "memcache_security_strategy": "ENCRYPT",
        "memcache_secret_key": ini.literal(inputs.memcache_secret_key),
        "memcache_pool_socket_timeout": "1",
        "memcache_pool_dead_retry": "20",
        **trust.memcached_options(panko),
    }


def memcached_server(written: str) -> str:
    """Return a server as memcached's clients read it: they want to be told that an address is IPv6."""
    return f"inet6:{written}" if written.startswith("[") else written


def connection(panko: Panko, login: Login) -> str:
    """Write the URL of the database with an account, percent-encoded and safe in an INI file."""
    address = panko.database_address()
    user, password = (urllib.parse.quote(part, safe="") for part in (login.username, login.password))
    host = f"[{address.host}]" if ":" in address.host else address.host
    name = urllib.parse.quote(address.name, safe="")
    scheme = SQL_SCHEMES[address.engine]
    arguments = {**SQL_ARGUMENTS[address.engine], **trust.database_arguments(panko)}
    query = f"?{urllib.parse.urlencode(arguments, safe='/')}" if arguments else ""
    return ini.literal(f"{scheme}://{user}:{password}@{host}:{address.port}/{name}{query}")


def custom(panko: Panko) -> dict[str, dict[str, str]]:
    """Read `customServiceConfig`; raise CustomConfigError with the line for what cannot be used."""
    sections: dict[str, dict[str, str]] = {}
    for option in ini.parse(panko.spec.custom_service_config, "customServiceConfig"):
        name = options.known_as(option)
        section = sections.setdefault(option.section, {})
        problem = owned(option, name) or options.problem(option)
        if not problem and name in section:
            problem = f"[{option.section}] {option.key} is set above already, by its other name; keep one of them"
        if problem:
            raise CustomConfigError(f"spec.customServiceConfig line {option.line}: {problem}.")
        section[name] = option.value
    return sections


def owned(option: ini.Assignment, name: str) -> str | None:
    """Say what to write instead of an option that the operator owns, whatever the user calls it."""
    instead = OWNED.get((option.section, name))
    return instead and f"[{option.section}] {option.key} belongs to the operator; remove it ({instead})"


def merge(below: ini.Sections, above: ini.Sections) -> ini.Sections:
    """Lay options over options; what is above wins."""
    names = dict.fromkeys((*below, *above))
    return {name: {**below.get(name, {}), **above.get(name, {})} for name in names}
