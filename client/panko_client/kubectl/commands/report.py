"""`kubectl panko report`: what somebody who helps needs to know, in one file, without secrets."""

import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from panko_client.kubectl import live, names
from panko_client.kubectl.errors import KubectlError, RefusedError
from panko_client.kubectl.report.collecting import Collection, File, Operator
from panko_client.kubectl.report.redaction import Redaction
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import say
from panko_client.kubectl.transport import Kubectl, Manifest
from panko_client.kubectl.version import VERSION
from panko_client.kubectl.view.panko import Panko

_ONLY_MINE: Final = 0o600
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_README: Final = """\
Report about Panko {namespace}/{name}, made by kubectl-panko {version} at {time}.

Of Secrets there are names and keys; of customServiceConfig the names of options. Logins in URLs, hashes, tokens and
private keys are taken out wherever they stand. {by_value}
Addresses, names of hosts, projects and images are in it: look through it before you hand it on.
"""


@options.command("report")
@options.panko()
@click.option("--output", "-o", "path", metavar="FILE", type=_FILE, help="Where to write it.")
@click.option("--logs", is_flag=True, help="With the logs of the pods and of the operator.")
@click.option("--operator-namespace", metavar="NAMESPACE", help="Where the operator is; not given, it is looked for.")
def report(kubectl: Kubectl, name: str, *, path: Path | None, logs: bool, operator_namespace: str | None) -> None:
    """Write a zip for whoever helps, without secrets.

    All that is known of the Panko is in it; the name of the file is printed. Who may list Secrets has their values
    taken out of everything; look through it all the same before you hand it on.
    """
    panko, now = live.panko(kubectl, name), datetime.now(UTC)
    path = path or Path(f"panko-{panko.namespace}-{name}-{now:%Y%m%d-%H%M%S}.zip")
    redaction, operator, by_value = _redaction(kubectl, operator_namespace or _operator(kubectl), panko, logs=logs)
    collection = Collection(kubectl, panko, redaction, operator)
    about = {"namespace": panko.namespace, "name": name, "version": VERSION, "time": now.isoformat(timespec="seconds")}
    readme = File("README.txt", _README.format(**about, by_value=by_value))
    _write(path, [readme, *collection.files(logs=logs)], now)
    click.echo(path)
    say(by_value)


def _redaction(
    kubectl: Kubectl, namespace: str | None, panko: Panko, *, logs: bool
) -> tuple[Redaction, Operator | None, str]:
    """Return what is taken out by value, the operator in its namespace, and what is to be told about both."""
    mine = _secrets(kubectl, panko.namespace)
    if mine is None and logs:
        raise RefusedError(
            "Without the right to list Secrets their values cannot be taken out of logs; leave --logs out."
        )
    theirs = mine if namespace == panko.namespace else _secrets(kubectl, namespace) if namespace else None
    redaction = Redaction.of([*(mine or ()), *(theirs or ())])
    operator = Operator(namespace, theirs is not None) if namespace else None
    told = [_told(panko.namespace, mine)]
    if operator and namespace != panko.namespace:
        told.append(_told(operator.namespace, theirs))
        told += ["So the operator's log is left out."] if logs and theirs is None else []
    told += [f"{redaction.too_short} values are too short to be looked for."] if redaction.too_short else []
    return redaction, operator, " ".join(told)


def _secrets(kubectl: Kubectl, namespace: str) -> list[Manifest] | None:
    """Return the Secrets of a namespace; None for who may not list them."""
    try:
        return kubectl.items("secrets", f"--namespace={namespace}")
    except KubectlError:
        return None


def _told(namespace: str, secrets: list[Manifest] | None) -> str:
    if secrets is None:
        return f"You may not list the Secrets of {namespace}, so nothing was looked for by their values."
    return f"What the Secrets of {namespace} hold was looked for and taken out."


def _operator(kubectl: Kubectl) -> str | None:
    """Return the namespace of the operator, where one may see it."""
    try:
        found = kubectl.items("deployments.apps", "--all-namespaces", f"--selector={names.OPERATOR}")
    except KubectlError:
        return None
    return next((str(one["metadata"]["namespace"]) for one in found), None)


def _write(path: Path, files: Iterable[File], now: datetime) -> None:
    """Write the zip, which only its owner may read; one that exists stays as it is."""
    try:
        path.touch(mode=_ONLY_MINE, exist_ok=False)
    except OSError as error:
        raise RefusedError(f"{path} cannot be written ({error.strerror}); name another with --output.") from error
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(zipfile.ZipInfo(one.name, now.timetuple()[:6]), one.text, zipfile.ZIP_DEFLATED)
