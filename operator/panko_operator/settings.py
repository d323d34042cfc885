"""The operator's own settings, from the environment. What a Panko may say stands in its resource, not here."""

import dataclasses
import enum
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from panko_operator.errors import OperatorError
from panko_operator.tenancy import Tenancy

_NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HOST: Final = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+")
_URL: Final = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[^\s,?#]*)?")


class SettingsError(OperatorError):
    """The environment cannot be used; the message names every variable that has to be corrected."""

    reason = "InvalidSettings"


class LogFormat(enum.Enum):
    """How log lines are written."""

    JSON = "json"
    PLAIN = "plain"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What the operator needs to know about its own deployment."""

    panko_image: str
    haproxy_image: str
    collector_image: str
    watch_namespaces: tuple[str, ...]  # none is the whole cluster
    cluster_domain: str
    pod_name: str
    pod_namespace: str
    log_format: LogFormat
    log_debug: bool
    max_workers: int
    health_host: str  # as in a URL
    health_port: int
    metrics_port: int
    database_hosts: tuple[str, ...]  # none is any
    keystone_urls: tuple[str, ...]  # none is any
    labelled_secrets: bool
    operator_labels: Mapping[str, str]
    runbooks: str

    @property
    def tenancy(self) -> Tenancy:
        """What the authors of Pankos may reach."""
        return Tenancy(self.database_hosts, self.keystone_urls, self.labelled_secrets)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables; raise SettingsError that names all that are missing or wrong."""
        values: dict[str, Any] = {}
        faults = []
        for variable in VARIABLES:
            try:
                values[variable.field] = variable.read(environment)
            except ValueError as error:
                faults.append(f"{variable.name} {error}")
        if faults:
            raise SettingsError(f"Correct the operator's environment: {'; '.join(faults)}.")
        return cls(**values)


@dataclasses.dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment: `parse` raises ValueError with what is wrong about a text."""

    name: str
    field: str
    default: str | None  # None is required
    parse: Callable[[str], object]

    def read(self, environment: Mapping[str, str]) -> object:
        """Return the parsed value. An empty variable counts as none."""
        text = environment.get(self.name) or self.default
        if text is None:
            raise ValueError("is not set")
        return self.parse(text)


def _image(text: str) -> str:
    if not re.fullmatch(r"[^\s]+[:@][^\s/]+", text):
        raise ValueError(f"is {text!r}; write an image with a tag or digest, like registry/panko:11.0.0")
    return text


def _namespace(text: str) -> str:
    if not _NAMESPACE.fullmatch(text):
        raise ValueError(f"has {text!r}; write the name of a namespace")
    return text


def _namespaces(text: str) -> tuple[str, ...]:
    return tuple(_namespace(name.strip()) for name in text.split(",")) if text else ()


def _hosts(text: str) -> tuple[str, ...]:
    return _listed(text, _HOST, "write host names or addresses, such as mariadb.openstack.svc or *.db.example.org")


def _urls(text: str) -> tuple[str, ...]:
    return _listed(text, _URL, "write URLs, such as https://keystone.example.org:5000")


def _listed(text: str, pattern: re.Pattern[str], advice: str) -> tuple[str, ...]:
    listed = tuple(part.strip() for part in text.split(",")) if text else ()
    for part in listed:
        if not pattern.fullmatch(part):
            raise ValueError(f"has {part!r}; {advice}")
    return listed


def _labels(text: str) -> Mapping[str, str]:
    pairs = [part.strip().partition("=") for part in text.split(",")]
    if not all(key and equals and value for key, equals, value in pairs):
        raise ValueError(f"is {text!r}; write labels as key=value, with commas between them")
    return {key: value for key, _, value in pairs}


def _log_format(text: str) -> LogFormat:
    try:
        return LogFormat(text)
    except ValueError:
        raise ValueError(f"is {text!r}; write json or plain") from None


def _boolean(text: str) -> bool:
    try:
        return {"true": True, "false": False}[text.lower()]
    except KeyError:
        raise ValueError(f"is {text!r}; write true or false") from None


def _everywhere(pod_ip: str) -> str:
    # The kubelet asks at this one address, and asyncio listens on one family for one host.
    try:
        return "[::]" if ipaddress.ip_address(pod_ip).version == 6 else "0.0.0.0"  # noqa: PLR2004, S104 - as said
    except ValueError:
        raise ValueError(f"is {pod_ip!r}; write the address of the pod") from None


def _number(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ValueError(f"is {text!r}; write a number from 1 to {most}")
        return int(text)

    return parse


VARIABLES: Final = (
    Variable("PANKO_IMAGE", "panko_image", None, _image),
    Variable("HAPROXY_IMAGE", "haproxy_image", None, _image),
    Variable("COLLECTOR_IMAGE", "collector_image", None, _image),
    Variable("WATCH_NAMESPACE", "watch_namespaces", "", _namespaces),
    Variable("CLUSTER_DOMAIN", "cluster_domain", "cluster.local", str),
    Variable("POD_NAME", "pod_name", None, str),
    Variable("POD_NAMESPACE", "pod_namespace", None, _namespace),
    Variable("LOG_FORMAT", "log_format", "json", _log_format),
    Variable("LOG_DEBUG", "log_debug", "false", _boolean),
    Variable("MAX_WORKERS", "max_workers", "4", _number(64)),
    Variable("POD_IP", "health_host", "0.0.0.0", _everywhere),  # noqa: S104 - the kubelet asks
    Variable("HEALTH_PORT", "health_port", "8080", _number(65535)),
    Variable("METRICS_PORT", "metrics_port", "8081", _number(65535)),
    Variable("ALLOWED_DATABASE_HOSTS", "database_hosts", "", _hosts),
    Variable("ALLOWED_KEYSTONE_URLS", "keystone_urls", "", _urls),
    Variable("LABELLED_SECRETS_ONLY", "labelled_secrets", "false", _boolean),
    Variable("OPERATOR_LABELS", "operator_labels", "app.kubernetes.io/name=panko-operator", _labels),
    Variable("RUNBOOK_URL", "runbooks", "docs/alerts.md", str),
)
