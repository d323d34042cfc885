"""`kubectl panko producer`: what somebody who sends events needs."""

import base64
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import click

from panko_client.kubectl import live
from panko_client.kubectl.errors import NotFoundError, RefusedError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import say
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view.panko import Panko
from panko_client.kubectl.view.producer import Producer

_SHAPES: Final = ("ceilometer", "curl", "cloudevents")
_PUBLIC: Final = "public-"
# Read by kubectl alone: the password does not come here unless it is asked for.
_OPEN: Final = ("uri", "public-uri", "username", "ca.crt")
_TEMPLATE: Final = (
    "{{{{range $key, $value := .data}}}}{{{{if or {keys}}}}}{{{{$key}}}} {{{{$value}}}}\n{{{{end}}}}{{{{end}}}}"
)


@options.command("producer")
@options.panko()
@click.option("--publisher", metavar="NAME", help="Which of spec.publishers; not given, the first.")
@click.option("--for", "shape", type=click.Choice(_SHAPES), help="One of them; not given, all.")
@click.option("--public", is_flag=True, help="For a producer outside of the cluster.")
@click.option("--show-password", is_flag=True, help="Write the password instead of where it is.")
def producer(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Print what a producer of events needs.

    An event_pipeline.yaml for ceilometer, and commands that post an event and a CloudEvent. The password is not
    printed: the commands read it from the publisher's Secret, and event_pipeline.yaml is there in a finished form,
    with PASSWORD in its place here.
    """
    found = _producer(kubectl, live.panko(kubectl, name), **{key: how[key] for key in _WANTED})
    say(f"Secret {found.secret} has all of it; docs/connect.md says how a pod mounts it.")
    texts = _texts(found)
    if how["shape"]:
        click.echo(texts[how["shape"]], nl=False)
        return
    for shape, text in texts.items():
        click.echo(f"# --- {shape} ---\n{text}")


_WANTED: Final = ("publisher", "public", "show_password")


def _texts(found: Producer) -> dict[str, str]:
    message_id, now = str(uuid.uuid4()), datetime.now(UTC)
    return {
        "ceilometer": found.pipeline(),
        "curl": found.curl(message_id, now),
        "cloudevents": found.cloudevent(message_id, now),
    }


def _producer(kubectl: Kubectl, panko: Panko, *, publisher: str | None, public: bool, show_password: bool) -> Producer:
    account, secret = _binding(panko, publisher)
    keys = (*_OPEN, "password") if show_password else _OPEN
    held = _held(kubectl, secret, keys)
    prefix = _PUBLIC if public and f"{_PUBLIC}uri" in held else ""
    wanted = next(one for one in panko.spec["publishers"] if one["name"] == account)
    return Producer(
        username=held.get("username", account),
        uri=held[f"{prefix}uri"],
        secret=secret,
        get=("kubectl", *_without_namespace(kubectl.options), f"--namespace={panko.namespace}"),
        has_authority="ca.crt" in held and not prefix,  # what an Ingress shows nobody here knows
        event_types=wanted.get("eventTypes", ()),
        projects=wanted.get("projects", ()),
        password=held.get("password"),
        finished=f"{prefix}event_pipeline.yaml",
    )


def _binding(panko: Panko, publisher: str | None) -> tuple[str, str]:
    """Return the publisher, and the name of its Secret."""
    if not panko.publishers:
        raise RefusedError(f"{panko.name} has no publishers; add one to spec.publishers.")
    account = publisher or panko.publishers[0]
    if account not in panko.publishers:
        raise RefusedError(f"{panko.name} has no publisher {account}; there are {', '.join(panko.publishers)}.")
    bound = {one["publisher"]: one["name"] for one in panko.status.get("bindings", ())}
    if account not in bound:
        raise RefusedError(f"{account} has no Secret yet: {panko.condition('BindingReady').message}")
    return account, bound[account]


def _held(kubectl: Kubectl, secret: str, keys: tuple[str, ...]) -> Mapping[str, str]:
    """Return some keys of a Secret; the rest stays with kubectl."""
    wanted = " ".join(f'(eq $key "{key}")' for key in keys)
    template = f"--output=go-template={_TEMPLATE.format(keys=wanted)}"
    pairs = (line.split() for line in kubectl.text("get", "secret", secret, template).splitlines())
    held = {pair[0]: base64.b64decode(pair[1]).decode() for pair in pairs if len(pair) == 2}  # noqa: PLR2004 -- a pair
    if "uri" not in held:
        raise NotFoundError(f"Secret {secret} has no uri; delete it, and the operator makes it again.")
    return held


def _without_namespace(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in given if not one.startswith("--namespace="))
