"""What HAProxy is told, as text. Pure.

Every figure is there so that no request is lost when a pod, a node or a HAProxy goes; docs/availability.md has the
reasons.
"""

import json

from panko_operator.resource import Panko

PORT = 8777
METRICS_PORT = 8405
THREADS = 2
BUFFER_BYTES = 131072  # a request that does not fit is never retried, and a batch of events is larger than the default
HARD_STOP_SECONDS = 60

SLOTS_AT_LEAST = 16

GLOBAL = """\
global
    log stdout format raw local0 info
    maxconn {max_connections}
    nbthread {threads}
    tune.bufsize {buffer_bytes}
    hard-stop-after {hard_stop_seconds}s
"""

RESOLVERS = """\
resolvers cluster
    parse-resolv-conf
    accepted_payload_size 8192
    timeout resolve 1s
    timeout retry 1s
    hold obsolete 30s
"""

DEFAULTS = """\
defaults
    mode http
    log global
    option httplog
    option dontlognull
    option http-buffer-request
    option idle-close-on-response
    option redispatch 1
    retries 2
    retry-on conn-failure empty-response
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    timeout queue 8s
    timeout http-request 10s
    timeout http-keep-alive 15s
    timeout check 1s
"""

# EVERY_ADDRESS is `::` in pods that have an IPv6 address. Elsewhere it is empty, which is IPv4's: without IPv6 in the
# kernel HAProxy would not start with `::`.
FRONTENDS = """\
frontend http
    bind "${{EVERY_ADDRESS}}:{port}" v4v6
    option forwardfor
    http-request set-header X-Forwarded-Proto http unless {{ req.hdr(X-Forwarded-Proto) -m found }}
    default_backend api

frontend metrics
    bind "${{EVERY_ADDRESS}}:{metrics_port}" v4v6
    option dontlog-normal
    monitor-uri /healthz
    http-request use-service prometheus-exporter if {{ path /metrics }}
    http-request return status 404 content-type text/plain string "This port has /metrics and /healthz."
"""

# Reading is idempotent, and so is writing events: they are known by their message_id.
# `init-addr none`, because with libc a start asks for each slot in turn and outlasts the probes while DNS is silent.
# The resolvers know the pods before HAProxy's own pod is ready.
BACKEND = """\
backend api
    balance leastconn
    option httpchk GET /healthcheck
    http-check disable-on-404
    acl reads method GET HEAD OPTIONS
    acl writes method POST
    acl events path_beg /v2/events
    http-request disable-l7-retry unless reads or writes events
{errors}\
    default-server check inter 500ms fastinter 250ms downinter 1s fall 2 rise 1 maxconn {server_connections} \
pool-purge-delay 1s resolvers cluster resolve-prefer ipv4 init-addr none
    server-template pod- {slots} {host}:{port}
"""

# HAProxy's own answers, in the API's shape of errors: status and what the caller may make of it.
ERRORS = {
    502: "The event API broke off while it answered. Try again; a repeated event is stored once.",
    503: "No pod of the event API is free to answer. Try again; when it lasts, ask the operator of the cloud.",
    504: "The event API did not answer in time. Try again, or ask for less.",
}


def render(panko: Panko, cluster_domain: str) -> str:
    """Write haproxy.cfg."""
    spec = panko.spec
    return "\n".join(
        (
            GLOBAL.format(
                max_connections=spec.haproxy.max_connections,
                threads=THREADS,
                buffer_bytes=BUFFER_BYTES,
                hard_stop_seconds=HARD_STOP_SECONDS,
            ),
            RESOLVERS,
            DEFAULTS,
            FRONTENDS.format(port=PORT, metrics_port=METRICS_PORT),
            BACKEND.format(
                errors="".join(error(status, text) for status, text in ERRORS.items()),
                server_connections=spec.api.workers * spec.api.threads,
                slots=slots(spec.replicas),
                host=panko.api_pods_host(cluster_domain),
                port=PORT,
            ),
        )
    )


def error(status: int, text: str) -> str:
    """Write the line that answers with a fault as the API's own are, and with when to come back."""
    fault = {"error_message": {"faultcode": "Server", "faultstring": text, "debuginfo": None}}
    body = json.dumps(fault)
    return f"    http-error status {status} content-type application/json string '{body}' hdr Retry-After 2\n"


def slots(replicas: int) -> int:
    """Return how many pods HAProxy can know at a time: twice the replicas, as while all are replaced.

    A power of two, so that scaling a little does not restart HAProxy.
    """
    return int(max(SLOTS_AT_LEAST, 1 << (2 * replicas - 1).bit_length()))
