"""What publishers are given to send events with: a Secret each, which always carries what every pod accepts."""

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

from panko_operator.accounts import publishers
from panko_operator.accounts.former import LOOK_AGAIN, Users
from panko_operator.certificates import given
from panko_operator.children.binding import secret as manifests
from panko_operator.children.binding.address import Address
from panko_operator.children.binding.secret import Addresses
from panko_operator.errors import ChangedMeanwhileError, OperatorError
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Certified, Configuration, Facts, Identity
from panko_operator.passes.step import Outcome, done, failed
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.world import Manifest


def bindings(context: Context, facts: Facts) -> Outcome:
    """Give each publisher where to post, and the password that every pod accepts by now."""
    found = context.panko.spec.publishers
    if not found:
        return Outcome(done("NoPublishers", "spec.publishers names nobody who would need a Secret."))
    addresses = _addresses(context, facts[Certified].identity)
    # Asked of the pods once for all publishers, and only when a password has changed.
    are_replaced = functools.cache(lambda: Users(context, facts[Configuration].secret_name).of_configuration() is None)
    late: list[str] = []
    failure: OperatorError | None = None
    for publisher in found:
        # Those of the configuration: what stands in the Secrets by now no pod may know yet.
        password = facts[Configuration].passwords.get(publisher.name)
        if password is None:
            late.append(publisher.name)
            continue
        wanted = manifests.secret(context.panko, publisher, password=password, addresses=addresses)
        try:
            if not _bind(context, publisher, wanted, are_replaced=are_replaced):
                late.append(publisher.name)
        except ChangedMeanwhileError:
            raise
        except OperatorError as error:  # one Secret that cannot be written holds up no other publisher's
            failure = failure or error
    status, missing = _status(context)
    again_at = context.world.now() + LOOK_AGAIN if late else None
    return Outcome(failed(failure) if failure else _seen(late, missing), status=status, again_at=again_at)


def _bind(context: Context, publisher: Publisher, wanted: Manifest, *, are_replaced: Callable[[], bool]) -> bool:
    """Have the Secret say what it should; False while a pod is left that would refuse its password."""
    name = wanted["metadata"]["name"]
    live = context.child("v1", "Secret", name)
    if not publishers.carries(live, wanted):
        if not are_replaced():
            if live is not None:
                context.keep(live)
            return False
        # Before the Secret: a pass that dies in between does both again.
        publishers.hold_previous(context, publisher)
    context.apply(wanted)
    return True


def _addresses(context: Context, identity: Identity | None) -> Addresses:
    """Return where publishers post: by the catalogue's internal URL, and its public one where that is another."""
    urls = {one.interface: one.url for one in context.panko.endpoints(context.world.cluster_domain)}
    internal, public = (_address(context, urls[interface], identity) for interface in ("internal", "public"))
    return Addresses(internal, None if public == internal else public)


def _address(context: Context, url: str, identity: Identity | None) -> Address:
    """Return a URL with who knows its server: the authority of the API's certificate, where it is that one's."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_ours = (
        identity is not None
        and parts.scheme == "https"
        and host not in context.panko.public_hosts  # an Ingress or a Gateway shows another certificate
        and given.covers(identity.names, host)
    )
    return Address(url, identity.proof.authority if identity is not None and is_ours else "")


def _status(context: Context) -> tuple[Manifest, list[str]]:
    """Return the Secrets that there are, and the publishers that have none yet."""
    panko = context.panko
    names = {one.name: panko.binding_name(one.name) for one in panko.spec.publishers}
    there = {one: name for one, name in names.items() if context.owned("v1", "Secret", name) is not None}
    first = panko.spec.publishers[0].name
    status: Manifest = {"bindings": [{"publisher": one, "name": name} for one, name in there.items()]}
    if first in there:
        status["binding"] = {"name": there[first]}
    return status, [one for one in names if one not in there]


def _seen(late: list[str], missing: list[str]) -> Observation:
    pods = "until no pod of before is left: `kubectl get pods` shows those that end"
    if missing:
        message = (
            f"Publishers {', '.join(missing)} get their Secrets when every pod knows their passwords. Wait {pods}."
        )
        return Observation(State.PROGRESSING, "PodsOfBefore", message)
    if late:
        return done("PreviousCarried", f"Secrets of {', '.join(late)} carry the password of before {pods}.")
    return done("Bound", "Each publisher has a Secret with its URL and its password, as status.bindings says.")
