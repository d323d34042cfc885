"""What people provide for the collector, read and judged before any pod gets it."""

from typing import Final

import yaml

from panko_operator.accounts.secrets import Reader
from panko_operator.children.collector.config import Given
from panko_operator.children.collector.transport import SCHEME, Transport
from panko_operator.errors import ConfigMapMissingError, DefinitionsError, TransportURLError
from panko_operator.passes.context import Context
from panko_operator.resource.spec.references import KeyRef
from panko_operator.resource.spec.workloads.collector import Collector

_WHOSE: Final = "the collector"


def read(context: Context, collector: Collector) -> Given:
    """Read it; raise InputError with what to do."""
    reader = Reader(context, patient=True)
    urls = [reader.required(ref.name, (ref.key,), whose=_WHOSE)[0].strip() for ref in collector.transport_urls]
    signed = collector.telemetry_secret
    secret = reader.required(signed.name, (signed.key,), whose=_WHOSE)[0].strip() if signed else ""
    if collector.ca:
        reader.required(collector.ca.name, (collector.ca.key,), whose=_WHOSE)
    reader.require_all()
    definitions = _definitions(context, collector.definitions) if collector.definitions else ""
    return Given(urls, secret, definitions)


def transports(collector: Collector, given: Given) -> tuple[Transport, ...]:
    """Read the URLs; raise TransportURLError that tells nothing of a password."""
    encrypted = collector.ca is not None
    pairs = zip(collector.transport_urls, given.urls, strict=True)
    return tuple(_transport(ref, url, encrypted=encrypted) for ref, url in pairs)


def _transport(ref: KeyRef, url: str, *, encrypted: bool) -> Transport:
    try:
        return Transport.parse(url, encrypted=encrypted)
    except ValueError as error:
        raise TransportURLError(
            f"Key {ref.key} of Secret {ref.name} {error}; write {SCHEME}user:password@host:5672/vhost there, with "
            "several hosts of one cluster after commas."
        ) from None


def _definitions(context: Context, ref: KeyRef) -> str:
    live = context.get("v1", "ConfigMap", ref.name)
    text: str = (live or {}).get("data", {}).get(ref.key, "")
    if live is None:
        raise ConfigMapMissingError(
            f"ConfigMap {ref.name} does not exist; create it in {context.panko.namespace} with {ref.key}, for {_WHOSE}."
        )
    if not text.strip():
        raise ConfigMapMissingError(f"ConfigMap {ref.name} has no key {ref.key}; add it, for {_WHOSE}.")
    problem = _problem(text)
    if problem:
        raise DefinitionsError(
            f"Key {ref.key} of ConfigMap {ref.name} {problem}; write a list of definitions there, each with event_type "
            "and traits, as ceilometer's event_definitions.yaml has them."
        )
    return text


def _problem(text: str) -> str:
    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return f"is no YAML (line {line})"
    except (yaml.YAMLError, ValueError, RecursionError):
        return "is no YAML"
    if not isinstance(found, list) or not found:
        return "is no YAML list"
    wrong = next((number for number, one in enumerate(found, 1) if not _is_definition(one)), None)
    return f"has no definition as entry {wrong}" if wrong else ""


def _is_definition(entry: object) -> bool:
    return isinstance(entry, dict) and "event_type" in entry
