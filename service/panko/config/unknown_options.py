"""What configuration files say that nothing reads: options of the original that mean nothing any more, and mistakes.

None is fatal, so that an old panko.conf keeps working, and each is named, so that nobody relies on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from oslo_config import cfg

# Read by libraries, some of whose options depend on the values of others.
LIBRARY_GROUPS = frozenset({"cors", "keystone_authtoken", "oslo_messaging_rabbit", "oslo_policy"})
OF_OSLO_MIDDLEWARE = frozenset({"enable_proxy_headers_parsing"})  # one of its filters is used
AUTHTOKEN = "keystone_authtoken"
EVERY = "*"
# Read by oslo.log: old names of its options, and one that it registers when it needs it.
OF_OSLO_LOG = frozenset({"fatal_deprecations", "log_config", "logdir", "logfile"})

OBSOLETE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "DEFAULT": frozenset({"api_paste_config"}),
        # Of the Elasticsearch driver, then of oslo.db.
        "database": frozenset(
            {
                "es_index_name", "es_ssl_enabled",
                "asyncio_connection", "backend", "connection_debug", "connection_parameters",
                "connection_recycle_time", "connection_trace", "db_inc_retry_interval", "db_max_retries",
                "db_max_retry_interval", "db_retry_interval", "idle_timeout", "max_overflow", "max_retries",
                "min_pool_size", "mysql_enable_ndb", "mysql_sql_mode", "mysql_wsrep_sync_wait", "pool_timeout",
                "retry_interval", "slave_connection", "sqlite_db", "sqlite_synchronous", "use_db_reconnect",
                "use_tpool",
            }
        ),
        "oslo_middleware": frozenset({"http_basic_auth_user_file", "max_request_body_size"}),
        "profiler": frozenset({EVERY}),
        "storage": frozenset({EVERY}),
    }
)  # fmt: skip
SUCCESSORS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("oslo_middleware", "http_basic_auth_user_file"): "[api] htpasswd_file",
        ("oslo_middleware", "max_request_body_size"): "[api] max_request_body_size",
    }
)


def warnings(conf: cfg.ConfigOpts) -> list[str]:
    """Return a sentence for the options that mean nothing any more, and one for those that never meant anything."""
    unread = list(_unread(conf))
    obsolete = [option for option in unread if _is_obsolete(*option)]
    unknown = [option for option in unread if not _is_obsolete(*option)]
    sentences = []
    if obsolete:
        sentences.append(f"Options that mean nothing any more are ignored; remove them: {_names(obsolete)}")
    if unknown:
        sentences.append(f"Unknown options are ignored; see whether they are misspelt: {_names(unknown)}")
    return sentences


def _unread(conf: cfg.ConfigOpts) -> Iterator[tuple[str, str]]:
    libraries = LIBRARY_GROUPS | {_auth_section(sections) for sections in _written(conf)}
    seen: set[tuple[str, str]] = set()
    for sections in _written(conf):
        for group, options in sections.items():
            # oslo.middleware takes further origins from [cors.NAME].
            if group in libraries or group.startswith("cors."):
                continue
            for name in options:
                if name.replace("-", "_") not in _known(conf, group) and (group, name) not in seen:
                    seen.add((group, name))
                    yield group, name


def _written(conf: cfg.ConfigOpts) -> Iterator[dict[str, dict[str, list[str]]]]:
    """Yield what each file holds; all of them have been read before, so none is broken."""
    directories = [Path(directory) for directory in conf.config_dir or ()]
    for path in [*conf.config_file, *(str(each) for folder in directories for each in sorted(folder.glob("*.conf")))]:
        sections: dict[str, dict[str, list[str]]] = {}
        cfg.ConfigParser(path, sections).parse()
        yield {group if group == "DEFAULT" else group.lower(): options for group, options in sections.items()}


def _auth_section(sections: Mapping[str, Mapping[str, list[str]]]) -> str:
    """Return the section that holds the login of the service user, which may be another than the library's own."""
    return sections.get(AUTHTOKEN, {}).get("auth_section", [AUTHTOKEN])[-1]


def _known(conf: cfg.ConfigOpts, group: str) -> Iterable[str]:
    if group == "DEFAULT":
        return OF_OSLO_LOG | set(conf)
    if group == "oslo_middleware":
        return OF_OSLO_MIDDLEWARE
    return set(conf[group]) if group in conf else ()


def _is_obsolete(group: str, name: str) -> bool:
    names = OBSOLETE.get(group, frozenset())
    return name in names or EVERY in names


def _names(options: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"[{group}] {name}{_successor(group, name)}" for group, name in options)


def _successor(group: str, name: str) -> str:
    successor = SUCCESSORS.get((group, name))
    return f" (now {successor})" if successor else ""
