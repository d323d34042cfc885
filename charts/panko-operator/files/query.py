"""See that Pankos are Ready, and that each answers from inside the cluster.

`helm test` runs this in the operator's image, with an account of its own that may read Pankos and nothing else: no
Secret. The operator itself asks with a token, and says so in the condition EventAPIReady; here a question without one
has to be refused by the event API. It changes nothing, and ends with 1 unless every Panko answered.
"""
# A program given to `python3 -c`, which speaks to a terminal:
# ruff: noqa: INP001, T201

import http
import os
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from kubernetes import client, config

TIMEOUT_SECONDS = 10


def main(wanted: str, watched: str, url: str) -> int:
    """Ask, say what came back, and return the exit status. `url` has the fields of a Service in it."""
    pankos = list(find(wanted, watched))
    if not pankos:
        print("FAILED: there is no Panko to ask. Apply one, wait until it is Ready, and run the test again.")
        return 1
    return max(report(panko, url) for panko in pankos)


def find(wanted: str, watched: str) -> Iterator[dict[str, Any]]:
    """Yield the Panko `<namespace>/<name>`; all that the operator looks after when that is empty."""
    pankos = client.CustomObjectsApi()
    kind = ("panko.openstack.org", "v1beta1")
    if wanted:
        namespace, name = wanted.split("/")
        yield pankos.get_namespaced_custom_object(*kind, namespace, "pankos", name)
    elif watched:
        for namespace in watched.split(","):
            yield from pankos.list_namespaced_custom_object(*kind, namespace, "pankos")["items"]
    else:
        yield from pankos.list_cluster_custom_object(*kind, "pankos")["items"]


def report(panko: dict[str, Any], url: str) -> int:
    """Print one line about a Panko; return 1 when it is not well."""
    metadata = panko["metadata"]
    name = f"{metadata['namespace']}/{metadata['name']}"
    if panko["spec"]["replicas"] == 0:
        print(f"skipped {name}: it hibernates (replicas: 0)")
        return 0
    scheme = "https" if panko["spec"].get("tls") else "http"
    place = {"name": metadata["name"], "namespace": metadata["namespace"], "port": panko["spec"]["service"]["port"]}
    service = url.format(scheme=scheme, **place)
    problem = unready(panko) or refusal(f"{service}/v2/events")
    if problem:
        print(f"FAILED {name}: {problem} `kubectl -n {name.replace('/', ' describe panko ')}` says more.")
        return 1
    print(f"ok {name}: it is Ready, and {service} asks for a token")
    return 0


def unready(panko: dict[str, Any]) -> str | None:
    """Say what the operator reports about this very spec, unless all is well."""
    ready = next((one for one in panko.get("status", {}).get("conditions", []) if one["type"] == "Ready"), None)
    if ready is None or ready["observedGeneration"] != panko["metadata"]["generation"]:
        return "the operator has not looked at it as it is now."
    return None if ready["status"] == "True" else f"{ready['reason']}: {ready['message']}"


def refusal(url: str) -> str | None:
    """Ask without a token; say what came back unless it is the refusal that is due."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS, context=anybody()) as answer:  # noqa: S310 -- the scheme is ours
            return f"{url} answered {answer.status} to somebody without a token."
    except urllib.error.HTTPError as error:
        return None if error.code == http.HTTPStatus.UNAUTHORIZED else f"{url} answered {error.code}."
    except OSError as error:
        return f"{url} does not answer ({getattr(error, 'reason', error)})."


def anybody() -> ssl.SSLContext:
    """Believe any certificate: nothing secret is sent, and CertificateReady says whether clients may believe it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


if __name__ == "__main__":
    config.load_incluster_config()
    sys.exit(main(os.environ["PANKO"], os.environ["WATCH_NAMESPACE"], "{scheme}://{name}.{namespace}.svc:{port}"))
