"""What HAProxy is told, as text. Pure.

Every figure is there so that no request is lost when a pod, a node or a HAProxy goes; docs/availability.md has the
reasons.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from panko_operator.children.parts import explorer
from panko_operator.resource import Panko

PORT = 8777
METRICS_PORT = 8405
TLS_DIRECTORY = "/etc/panko-tls"
CERTIFICATE = "tls.crt"  # HAProxy looks for its key in the file of that name and `.key`
DIRECTORY = "/usr/local/etc/haproxy"
PODS_AUTHORITY = "pods-ca.crt"
THREADS = 2
BUFFER_BYTES = 131072  # a request that does not fit is never retried, and a batch of events is larger than the default
HARD_STOP_SECONDS = 60
CONNECT_SECONDS = 1
CONNECT_SECONDS_OF_TLS = 3  # a pod that is busy accepts a connection at once, and has no thread to go on with TLS

# A pod that is added is known, and counts as one that works, until two checks have said that it does not listen yet.
# Pods take turns, so that a try that is refused, which costs nothing, is followed by one at the next pod: by the fewest
# connections all of them would go to those that do not listen, from one pod to four three of four.
RETRIES = 20

SLOTS_AT_LEAST = 16

WATCHERS = 64  # connections of probes and Prometheus, beside those of clients: a full HAProxy is still a healthy one

# Wrong credentials that one address may have answered in ten seconds before its others are refused. A misconfigured
# agent stays below it, and guessing is slowed to what costs the API nothing worth mentioning.
REFUSALS = 100

GLOBAL = """\
global
    log stdout format raw local0 info
    maxconn {all_connections}
    nbthread {threads}
    tune.bufsize {buffer_bytes}
    hard-stop-after {hard_stop_seconds}s
"""

# Of TLS 1.2 those with forward secrecy that encrypt and authenticate at once. Without tickets, whose keys live as long
# as a process, nothing of a connection can be read later by who gets hold of them.
GLOBAL_TLS = """\
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
    ssl-default-server-options ssl-min-ver TLSv1.2
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
    retries {retries}
    retry-on conn-failure empty-response
    timeout connect {connect_seconds}s
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
    bind "${{EVERY_ADDRESS}}:{port}" v4v6{tls}
    maxconn {max_connections}
{limits}\
    option forwardfor
    http-request del-header X-Forwarded- -m beg
    http-request del-header X-Original- -m beg
    http-request del-header Forwarded
    http-request del-header X-Real-IP
    http-request del-header X-Client-IP
    http-request del-header True-Client-IP
    http-request set-header X-Forwarded-Proto {scheme}
{elsewhere}\
{inside}\
    default_backend api

frontend metrics
    bind "${{EVERY_ADDRESS}}:{metrics_port}" v4v6
    maxconn {watchers}
    option dontlog-normal
    monitor-uri /healthz
    http-request use-service prometheus-exporter if {{ path /metrics }}
    http-request return status 404 content-type text/plain string "This port has /metrics and /healthz."
"""

# One address is not one client: behind a NAT, or a Service that hides where connections come from
# (externalTrafficPolicy: Cluster), it is a whole cloud. So an address may have two thirds of all connections, which
# leaves a third to the others, and credentials that are proven pass while their neighbour guesses passwords. They are
# kept as digests. Paths outside of /v2/ ask for no credentials, and so prove none.
# A 429 is for those who wait for answers; who goes on beyond it is cut off, because a connection that never asks
# anything is as good at filling HAProxy.
LIMITS = """\
    tcp-request connection track-sc0 src table sources
    tcp-request connection reject if {{ sc_conn_cur(0) gt {cut_off} }}
    http-request deny deny_status 429 if {{ sc_conn_cur(0) gt {share} }}
    acl authenticated path_beg /v2/
    http-request set-var-fmt(txn.credentials) "%[req.fhdr(x-auth-token)] %[req.fhdr(authorization)]"
    http-request track-sc1 var(txn.credentials),sha1 table proven if authenticated
    http-request deny deny_status 429 if authenticated {{ sc_gpc0_rate(0) gt {refusals} }} !{{ sc_get_gpt0(1) eq 1 }}
    http-response sc-inc-gpc0(0) if {{ status 401 }}
    http-response sc-set-gpt0(1) 0 if {{ status 401 }}
    http-response sc-set-gpt0(1) 1 if {{ status 200 201 }}
"""

TABLES = """\
backend sources
    stick-table type ipv6 size 50k expire 1m store conn_cur,gpc0,gpc0_rate(10s)

backend proven
    stick-table type binary len 20 size 50k expire 10m store gpt0
"""

# Reading is idempotent, and so is writing events: they are known by their message_id.
# `init-addr none`, because with libc a start asks for each slot in turn and outlasts the probes while DNS is silent.
# The resolvers know the pods before HAProxy's own pod is ready.
BACKEND = """\
backend api
    balance roundrobin
    option httpchk GET /healthcheck
    http-check disable-on-404
    acl reads method GET HEAD OPTIONS
    acl writes method POST
    acl events path_beg /v2/events
    http-request disable-l7-retry unless reads or writes events
    default-server check inter 500ms fastinter 250ms downinter 1s fall 2 rise 1 maxconn {server_connections} \
pool-purge-delay 1s resolvers cluster resolve-prefer ipv4 init-addr none{tls}
    server-template pod- {slots} {host}:{port}
"""

# A pod has to prove that it is one of this Panko, to requests and checks alike. All of them have one name.
SERVER_TLS = " ssl verify required ca-file {authority} verifyhost {host} sni str({host}) check-sni {host}"

# HAProxy's own answers, in the API's shape of errors: what the caller may make of it, and the seconds until the same
# may be sent again. What cannot be read as HTTP is answered before any of this, with HAProxy's own page.
ERRORS: Mapping[int, tuple[str, int | None]] = {
    400: ("The request cannot be read; escape what a URL cannot hold.", None),
    408: ("The request did not arrive in time. Send it again.", None),
    413: ("The request is too large; send less at a time.", None),
    429: ("Too many connections or wrong credentials come from this address. Wait, and use fewer or right ones.", 10),
    500: ("The load balancer of the event API failed. Try again; a repeated event is stored once.", 2),
    502: ("The event API broke off while it answered. Try again; a repeated event is stored once.", 2),
    503: ("No pod of the event API is free to answer. Try again; when it lasts, ask the operator of the cloud.", 2),
    504: ("The event API did not answer in time. Try again, or ask for less.", 2),
}

HIDDEN = "The resource could not be found."  # as the API says it of a path that it has not


def render(panko: Panko, cluster_domain: str) -> str:
    """Write haproxy.cfg."""
    spec, host = panko.spec, panko.api_pods_host(cluster_domain)
    return "\n".join(
        (
            GLOBAL.format(
                all_connections=spec.haproxy.max_connections + WATCHERS,
                threads=THREADS,
                buffer_bytes=BUFFER_BYTES,
                hard_stop_seconds=HARD_STOP_SECONDS,
            )
            + (GLOBAL_TLS if spec.tls else ""),
            RESOLVERS,
            DEFAULTS.format(retries=RETRIES, connect_seconds=CONNECT_SECONDS_OF_TLS if spec.tls else CONNECT_SECONDS)
            + "".join(error(status, *said) for status, said in ERRORS.items()),
            FRONTENDS.format(
                port=PORT,
                max_connections=spec.haproxy.max_connections,
                limits=limits(spec.haproxy.max_connections),
                metrics_port=METRICS_PORT,
                watchers=WATCHERS,
                tls=f" ssl crt {TLS_DIRECTORY}/{CERTIFICATE} alpn http/1.1" if spec.tls else "",
                scheme="https" if spec.tls else "http",
                elsewhere=elsewhere(panko),
                inside=inside(panko),
            ),
            TABLES,
            BACKEND.format(
                server_connections=spec.api.workers * spec.api.threads,
                slots=slots(spec.most_replicas),
                host=host,
                port=PORT,
                tls=SERVER_TLS.format(authority=f"{DIRECTORY}/{PODS_AUTHORITY}", host=host) if spec.tls else "",
            ),
        )
    )


def elsewhere(panko: Panko) -> str:
    """Write for which hosts somebody before HAProxy ends TLS, so that links lead there again."""
    hosts = " ".join(panko.encrypted_hosts)
    if panko.spec.tls or not hosts:
        return ""
    return f"    http-request set-header X-Forwarded-Proto https if {{ req.hdr(host),host_only -i {hosts} }}\n"


def inside(panko: Panko) -> str:
    """Write for which hosts there is no page, where it is not meant for those outside of the cluster."""
    # Servers before it may pass a name on with the dot of a full one.
    hosts = " ".join(name for host in panko.public_hosts for name in (host, f"{host}."))
    if panko.spec.explorer.public or not explorer.served(panko) or not hosts:
        return ""
    # The path as the API reads it: without its encoding, and however many slashes there are.
    asked = f"{{ path,url_dec -m reg ^/*explore }} {{ req.hdr(host),host_only -i {hosts} }}"
    body = _fault(HTTPStatus.NOT_FOUND, HIDDEN)
    return f"    http-request return status 404 content-type application/json string '{body}' if {asked}\n"


def limits(max_connections: int) -> str:
    """Write what one address may do."""
    return LIMITS.format(share=max_connections * 2 // 3, cut_off=max_connections * 3 // 4, refusals=REFUSALS)


def error(status: int, text: str, seconds: int | None) -> str:
    """Write the line that answers with a fault as the API's own are, and with when to come back."""
    later = f" hdr Retry-After {seconds}" if seconds else ""
    return f"    http-error status {status} content-type application/json string '{_fault(status, text)}'{later}\n"


def _fault(status: int, text: str) -> str:
    code = "Server" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Client"
    return json.dumps({"error_message": {"faultcode": code, "faultstring": text, "debuginfo": None}})


def slots(replicas: int) -> int:
    """Return how many pods HAProxy can know at a time: twice the replicas, as while all are replaced.

    A power of two, so that scaling a little does not restart HAProxy.
    """
    return int(max(SLOTS_AT_LEAST, 1 << (2 * replicas - 1).bit_length()))
