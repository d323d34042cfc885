"""The options of `panko-collector`, which `panko.opts` registers with all others."""

from oslo_config import cfg, types

COLLECTOR = (
    cfg.MultiStrOpt(
        "transport_url",
        default=[],
        sample_default=["rabbit://openstack:PASSWORD@HOST:5672/"],
        secret=True,
        help="URL of a RabbitMQ whose notifications are collected, as rabbit://user:password@host:5672/vhost, with "
        "several hosts of one cluster after commas. Several lines: all of them are collected from.",
    ),
    cfg.ListOpt(
        "exchanges",
        default=[
            *("nova", "glance", "neutron", "cinder", "heat", "keystone", "trove", "zaqar", "swift", "ceilometer"),
            *("magnum", "dns", "ironic", "aodh"),
        ],
        help="Control exchanges of the services whose notifications are collected.",
    ),
    cfg.ListOpt(
        "topics",
        default=["notifications"],
        help="Topics of notifications: the queues TOPIC.info and TOPIC.error of each are collected.",
    ),
    cfg.ListOpt(
        "sample_topics",
        default=[],
        help="Topics on which ceilometer's notifier:// publishes events; it calls its own `event`. The queue "
        "TOPIC.sample of each is collected.",
    ),
    cfg.StrOpt(
        "telemetry_secret",
        secret=True,
        help="What events of sample_topics are signed with: [publisher] telemetry_secret of ceilometer. An empty one "
        "takes events without looking at signatures. Has to be set where sample_topics are.",
    ),
    cfg.StrOpt(
        "event_definitions",
        help="The file by which notifications become events, in the form of ceilometer's event_definitions.yaml. "
        "Not set: the one that ceilometer comes with.",
    ),
    cfg.BoolOpt(
        "drop_unmatched",
        default=False,
        help="Drop notifications whose type no definition matches, instead of storing them with the traits that "
        "every event has.",
    ),
    cfg.ListOpt(
        "store_raw",
        item_type=types.String(choices=["info", "error"], ignore_case=True),
        default=[],
        help="Priorities whose notifications are stored whole, as the raw of their events.",
    ),
    cfg.IntOpt("batch_size", default=500, min=1, max=10_000, help="Messages that are stored in one transaction."),
    cfg.FloatOpt(
        "batch_seconds",
        default=1.0,
        min=0,
        max=60,
        help="Seconds after which messages are stored that are fewer than batch_size.",
    ),
    cfg.StrOpt(
        "dead_letter_queue",
        default="panko.dead-letters",
        help="The queue, in the RabbitMQ that a message came from, to which goes what cannot be an event.",
    ),
    cfg.HostAddressOpt(
        "health_host",
        default="127.0.0.1",
        help="The address of health_port. Whoever reaches it may read all figures: there is no authentication.",
    ),
    cfg.PortOpt(
        "health_port",
        help="The port of /healthz and /readyz, for probes, and of /metrics, for Prometheus; 9778 is usual. "
        "Not set: there is no such port.",
    ),
)
