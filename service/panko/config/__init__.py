"""The configuration of one process: panko.conf, the command line and OS_* variables, read once.

It makes its own ConfigOpts and never touches oslo.config's global one. Options are defined in `panko.opts`.
"""

import importlib.metadata
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oslo_config import cfg
from oslo_log import log

from panko import opts
from panko.config import unknown_options
from panko.errors import ConfigurationError

LOG = log.getLogger(__name__)

# Libraries whose INFO lines say nothing to an operator of Panko.
QUIET_LOGGERS = (
    "alembic=WARN",
    "amqp=ERROR",  # it tells of each message that comes by a channel while that is closed
    "boto3=WARN",
    "botocore=WARN",  # beneath it would be whole requests: events, and who signs
    "keystoneauth=WARN",
    "oslo_policy=WARN",
    "oslo_service=WARN",
    "stevedore=WARN",
    "urllib3=WARN",
)


def load(
    argv: Sequence[str],
    *,
    prog: str,
    cli_opts: Sequence[cfg.Opt] = (),
    config_files: Sequence[str] | None = None,
    epilog: str | None = None,
) -> cfg.ConfigOpts:
    """Read the configuration for a command, and set the logging of the process up. Otherwise as `read`."""
    log.set_defaults(default_log_levels=[*log.get_default_log_levels(), *QUIET_LOGGERS])
    conf = read(argv, prog=prog, cli_opts=cli_opts, config_files=config_files, epilog=epilog)
    log.setup(conf, "panko")
    for sentence in unknown_options.warnings(conf):
        LOG.warning(sentence)
    return conf


def read(
    argv: Sequence[str],
    *,
    prog: str,
    cli_opts: Sequence[cfg.Opt] = (),
    config_files: Sequence[str] | None = None,
    epilog: str | None = None,
) -> cfg.ConfigOpts:
    """Read the configuration and change nothing else of the process, which may be somebody else's.

    `argv` is without the program's name. Without `config_files` and `--config-file`, panko.conf is looked for in
    ~/.panko, ~, /etc/panko and /etc. `epilog` is the end of --help. Raise ConfigurationError; leave by SystemExit for
    --help and wrong arguments.
    """
    conf = cfg.ConfigOpts()
    for group, options in opts.list_opts():
        conf.register_opts(options, group=group)
    conf.register_cli_opts(cli_opts)
    log.register_options(conf)
    # oslo.log would write to standard output, which belongs to what a command has to say.
    conf.set_default("use_stderr", True)
    try:
        conf(
            list(argv),
            project="panko",
            prog=prog,
            version=importlib.metadata.version("panko"),
            default_config_files=None if config_files is None else list(config_files),
            default_config_dirs=None if config_files is None else [],
            epilog=epilog,
        )
        _read_values(conf)
    except cfg.Error as error:
        message = f"The configuration cannot be read: {error}"
        raise ConfigurationError(message) from error
    return conf


def _read_values(conf: cfg.ConfigOpts) -> None:
    """Read every value once: oslo.config looks at them late, when nobody is there to correct them."""
    for group, options in opts.list_opts():
        for option in options:
            conf[group][option.dest]


def is_embedded(conf: cfg.ConfigOpts) -> bool:
    """Tell whether there is no configuration file at all, so that Panko has to look after itself."""
    return not conf.config_file and not conf.config_dir


def auth_strategy(conf: cfg.ConfigOpts) -> str:
    """Return keystone or noauth."""
    return str(conf.api.auth_strategy or ("noauth" if is_embedded(conf) else "keystone"))


def has_explorer(conf: cfg.ConfigOpts) -> bool:
    """Tell whether the page for people is served."""
    return is_embedded(conf) if conf.explorer.enabled is None else bool(conf.explorer.enabled)


def database_url(conf: cfg.ConfigOpts) -> str:
    """Return the URL of the database: connection, else event_connection, else the embedded SQLite file."""
    configured = conf.database.connection or conf.database.event_connection
    if configured:
        return str(configured)
    if not is_embedded(conf):
        raise ConfigurationError("No database is configured: set [database] connection to its URL.")
    return f"sqlite:///{embedded_database(os.environ)}"


def embedded_database(environment: Any) -> Path:
    """Return the SQLite file that serves without any configuration; its directory is made, for its owner only."""
    data_home = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    directory = Path(data_home) / "panko"
    directory.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    return directory / "panko.sqlite"
