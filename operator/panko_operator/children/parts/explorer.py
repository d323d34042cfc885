"""Whether the API's pods serve the page for people. Pure."""

from panko_operator.resource import Panko


def served(panko: Panko) -> bool:
    """Tell whether there is a page.

    Where it is not meant for the public, HAProxy keeps it from the names of an Ingress and of a route. It cannot where
    there is no HAProxy, where the route has no name or many, and where the Service itself is public.
    """
    spec, explorer = panko.spec, panko.spec.explorer
    unnamed = (spec.gateway is not None and not spec.gateway.hostnames) or any("*" in one for one in panko.public_hosts)
    reached = bool(spec.ingress or spec.gateway) and (unnamed or not spec.haproxy.enabled)
    return explorer.enabled and (explorer.public or not (reached or spec.service.type != "ClusterIP"))
