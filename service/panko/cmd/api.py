"""`panko-api`: serves the event API.

Without any configuration it keeps events in an SQLite file of its own, asks for no authentication, and listens on
loopback only, so that a first request is answered a second after installation.
"""

import ipaddress
import sys
from collections.abc import Callable, Sequence
from typing import Any

from oslo_config import cfg

from panko import addresses, config
from panko.errors import ConfigurationError, PankoError

CLI_OPTS = (
    cfg.HostAddressOpt("host", short="b", help="The address to listen on, instead of [api] host."),
    cfg.PortOpt("port", short="p", help="The port to listen on, instead of [api] port."),
)
LOOPBACK = "127.0.0.1"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    # The original wanted `--` before options of oslo.config; unit files have it still.
    arguments = [argument for argument in (sys.argv[1:] if argv is None else argv) if argument != "--"]
    try:
        conf = config.load(arguments, prog="panko-api", cli_opts=CLI_OPTS)
        serve(conf)
    except PankoError as error:
        print(f"panko-api: {error}", file=sys.stderr)
        return 1
    return 0


def serve(conf: cfg.ConfigOpts) -> None:
    """Serve until a signal ends it."""
    # Not at the top: --help and a wrong option answer without loading all of the API.
    from panko.api.middleware import authentication  # noqa: PLC0415
    from panko.api.pipeline import create_service  # noqa: PLC0415
    from panko.api.server.server import Binding, Server  # noqa: PLC0415
    from panko.api.server.tls import TLS  # noqa: PLC0415
    from panko.storage.opening import connect  # noqa: PLC0415

    host = listening_host(conf)
    binding = Binding(
        host=host,
        port=conf.port or conf.api.port,
        workers=conf.api.workers,
        threads=conf.api.threads,
        access_log=conf.api.access_log,
        header_seconds=conf.api.header_timeout,
        body_seconds=conf.api.body_timeout,
        tls=TLS.of(conf.api.tls_certificate_file, conf.api.tls_key_file),
    )
    if binding.tls:
        binding.tls.context()  # what is wrong with it is told here in a line
    url = config.database_url(conf)
    authentication.prepare(conf)
    if config.is_embedded(conf):
        _prepare_embedded(url)
    # No connection is made: what is wrong with the URL is told here in a line, not by each worker.
    connect(conf).dispose()
    serving = _watched(conf) if conf.metrics.port else {"build": lambda connection: create_service(conf, connection)}
    print(announcement(conf, serving_at=binding.url, url=url), file=sys.stderr, flush=True)
    Server(binding, connect=lambda: connect(conf), **serving).run()


def _watched(conf: cfg.ConfigOpts) -> dict[str, Callable[..., Any]]:
    """Open the port for watchers; return what the server calls to build a service that can be watched, and to end."""
    from panko.monitoring.port import Port  # noqa: PLC0415 - only who is watched needs it

    port = Port(addresses.usable(str(conf.metrics.host)), conf.metrics.port)
    port.announce()
    # Only now: they import the Prometheus client, which looks into the environment while it is imported.
    from panko.api.server import watching  # noqa: PLC0415
    from panko.monitoring import meters  # noqa: PLC0415

    return {
        "build": lambda connection: watching.create_watched_service(conf, connection, port=port),
        "worker_ended": meters.forget_worker,
        "ended": port.close,
    }


def listening_host(conf: cfg.ConfigOpts) -> str:
    """Return the address to listen on. Raise ConfigurationError where noauth could be reached by others."""
    noauth = config.auth_strategy(conf) == "noauth"
    # A service of a cloud is there to be reached; noauth stays on loopback.
    host = addresses.usable(str(conf.host or conf.api.host or (LOOPBACK if noauth else addresses.EVERY)))
    if noauth and not conf.api.force_noauth and not is_loopback(host):
        raise ConfigurationError(
            f"auth_strategy is noauth, so everybody who reaches {host} would be admin. Listen on 127.0.0.1, "
            "set [api] auth_strategy = keystone, or set [api] force_noauth = true if that is what you want."
        )
    return host


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def announcement(conf: cfg.ConfigOpts, *, serving_at: str, url: str) -> str:
    """Say in one line what is served; nothing of it is secret."""
    if config.is_embedded(conf) and config.auth_strategy(conf) == "noauth" and url.startswith("sqlite:///"):
        return (
            f"panko-api: {serving_at}: no configuration found: SQLite file {url.removeprefix('sqlite:///')}, "
            "no authentication, only on this machine"
        )
    kind = url.partition(":")[0].partition("+")[0]
    watched = f", metrics on port {conf.metrics.port} of {conf.metrics.host}" if conf.metrics.port else ""
    return f"panko-api: {serving_at}: database {kind}, authentication {config.auth_strategy(conf)}{watched}"


def _prepare_embedded(url: str) -> None:
    """Make the tables of the embedded database; nobody runs panko-dbsync where nothing is configured."""
    if url.startswith("sqlite:"):
        from panko.storage.sql.schema import migrate  # noqa: PLC0415 - not where panko-dbsync does it

        migrate.upgrade(url)


if __name__ == "__main__":
    sys.exit(main())
