"""A transport URL of oslo.messaging and [oslo_messaging_rabbit], read as an address."""

import ssl
from collections.abc import Mapping
from typing import Any

import oslo_messaging
from oslo_config import cfg
from oslo_messaging import opts

from panko.collector.broker.address import DELIVERY_LIMIT, QUEUE_TYPE, QUORUM, Address, Host
from panko.errors import ConfigurationError

GROUP = "oslo_messaging_rabbit"
TRANSPORTS = ("rabbit", "kombu", "amqp")
PORT = 5672
OF_QUORUM = {
    "rabbit_quorum_delivery_limit": DELIVERY_LIMIT,
    "rabbit_quorum_max_memory_length": "x-max-in-memory-length",
    "rabbit_quorum_max_memory_bytes": "x-max-in-memory-bytes",
}


def register(conf: cfg.ConfigOpts) -> None:
    """Let the configuration know the options of oslo.messaging's driver."""
    conf.register_opts(_known(), group=GROUP)


def parse(conf: cfg.ConfigOpts, url: str) -> Address:
    """Read a transport URL. Raise ConfigurationError, which quotes nothing of it: there is a password in it."""
    try:
        parsed = oslo_messaging.TransportURL.parse(conf, url)
        hosts = tuple(_host(host) for host in parsed.hosts)
        known = parsed.transport in TRANSPORTS and bool(hosts)
        options = _Options(conf, parsed.query)
        address = _address(hosts, parsed.virtual_host, options)
    except cfg.ConfigFileValueError as error:
        raise ConfigurationError(f"[{GROUP}] cannot be read: {error}. Correct it.") from None
    except Exception:  # noqa: BLE001 - their texts quote the URL
        known = False
    if not known:
        raise ConfigurationError(
            "[collector] transport_url cannot be read: write rabbit://user:password@host:5672/vhost, with characters "
            "such as / and # in the password as %2F and %23, and options of [oslo_messaging_rabbit] after a ?."
        )
    return address


class _Options:
    """The driver's options, which the query of a URL may override."""

    def __init__(self, conf: cfg.ConfigOpts, query: Mapping[str, str]) -> None:
        self._conf = conf
        known = {option.dest: option for option in _known()}
        self._own = {name: known[name].type(value) for name, value in query.items()}

    def __getitem__(self, name: str) -> Any:
        return self._own.get(name, self._conf[GROUP][name])


def _known() -> list[cfg.Opt]:
    return [option for group, options in opts.list_opts() if group == GROUP for option in options]


def _host(host: Any) -> Host:
    return Host(host.hostname, host.port or PORT, host.username or "", host.password or "")


def _address(hosts: tuple[Host, ...], virtual_host: str | None, options: _Options) -> Address:
    quorum = bool(options["rabbit_quorum_queue"])
    arguments: dict[str, Any] = {"x-ha-policy": "all"} if options["rabbit_ha_queues"] else {}
    if quorum:
        arguments |= {QUEUE_TYPE: QUORUM}
        arguments |= {argument: options[name] for name, argument in OF_QUORUM.items() if options[name]}
    return Address(
        hosts=hosts,
        virtual_host=virtual_host or "/",
        tls=_tls(options) if options["ssl"] else None,
        login_method=options["rabbit_login_method"],
        heartbeat_seconds=options["heartbeat_timeout_threshold"],
        durable=quorum or bool(options["amqp_durable_queues"]),
        auto_delete=bool(options["amqp_auto_delete"]),
        queue_arguments=arguments,
    )


def _tls(options: _Options) -> dict[str, Any]:
    found: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED}
    if options["ssl_key_file"]:
        found["keyfile"] = options["ssl_key_file"]
    if options["ssl_cert_file"]:
        found["certfile"] = options["ssl_cert_file"]
    if options["ssl_ca_file"]:
        found["ca_certs"] = options["ssl_ca_file"]
    return found
