"""What a producer of events is given: a finished event_pipeline.yaml, and examples with the right URL. Pure.

A password is written only where one is passed in; else its place is taken by PASSWORD, or by a command that reads it.
"""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

PLACE: Final = "PASSWORD"
AUTHORITY: Final = "/etc/ceilometer/panko/ca.crt"
_OPTIONS: Final = {"timeout": "20", "max_retries": "5"}
_ADVICE: Final = """\
# For ceilometer's notification agent: [DEFAULT] event_pipeline_cfg_file names this file. Set [notification]
# ack_on_event_error = false as well, or events are lost whenever Panko cannot be reached.
"""


@dataclass(frozen=True, slots=True)
class Producer:
    """An account, where it posts, and the Secret that has its password; `get` is how kubectl is called there."""

    username: str
    uri: str
    secret: str
    get: tuple[str, ...]
    has_authority: bool
    event_types: Sequence[str] = ()
    projects: Sequence[str] = ()
    password: str | None = None
    finished: str = "event_pipeline.yaml"  # the key of the Secret that has it with the password in it

    def pipeline(self) -> str:
        """Write event_pipeline.yaml."""
        options = {**_OPTIONS, **({"verify_ssl": AUTHORITY} if self.has_authority else {})}
        login = f"{quote(self.username, safe='')}:{quote(self.password, safe='') if self.password else PLACE}"
        parts = urlsplit(self.uri)
        url = parts._replace(netloc=f"{login}@{parts.netloc}").geturl()
        finished = "" if self.password else f"# With the password in it: {self._read(self.finished)}\n"
        events = "".join(f"  - {_quoted(one)}\n" for one in self.event_types or ("*",))
        return (
            f"{finished}{_ADVICE}"
            f"sources:\n- name: event_source\n  events:\n{events}  sinks:\n  - event_sink\n"
            f"sinks:\n- name: event_sink\n  publishers:\n  - {url}?{urlencode(options, safe='/')}\n"
        )

    def curl(self, message_id: str, now: datetime) -> str:
        """Write a command that posts an event; the same again stores nothing new."""
        event = {
            "message_id": message_id,
            "event_type": self._example("example.hello"),
            "generated": now.astimezone(UTC).replace(tzinfo=None).isoformat(),
            "traits": [["said_by", 1, "kubectl panko producer"], *self._project()],
        }
        return self._command({"Content-Type": "application/json"}, [event])

    def cloudevent(self, message_id: str, now: datetime) -> str:
        """Write a command that posts a CloudEvent."""
        event = {
            "specversion": "1.0",
            "id": message_id,
            "source": "/kubectl/panko",
            "type": self._example("org.example.hello"),
            "time": now.astimezone(UTC).isoformat(),
            **({"projectid": self.projects[0]} if self.projects else {}),
            "data": {"said_by": "kubectl panko producer"},
        }
        return self._command({"Content-Type": "application/cloudevents+json"}, event)

    def _example(self, usual: str) -> str:
        """Return an event type that the account may store."""
        return self.event_types[0].replace("*", "hello") if self.event_types else usual

    def _project(self) -> list[tuple[str, int, str]]:
        return [("project_id", 1, self.projects[0])] if self.projects else []

    def _command(self, headers: dict[str, str], body: object) -> str:
        lines = [f"{self._read('ca.crt')} > ca.crt"] if self.has_authority else []
        words = ["curl -sS -X POST", *(["--cacert ca.crt"] if self.has_authority else []), f"-u {self._login()}"]
        words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        words += [f"-d {shlex.quote(json.dumps(body))}", shlex.quote(self.uri)]
        return "\n".join([*lines, " \\\n  ".join(words)]) + "\n"

    def _login(self) -> str:
        if self.password is not None:
            return shlex.quote(f"{self.username}:{self.password}")
        return f'"{self.username}:$({self._read("password")})"'

    def _read(self, key: str) -> str:
        """Return the command that reads a key of the Secret."""
        template = f'go-template={{{{index .data "{key}" | base64decode}}}}'
        return f"{shlex.join(self.get)} get secret {self.secret} -o {shlex.quote(template)}"


def _quoted(text: str) -> str:
    """Write a text as YAML does, in quotes where it would mean something else."""
    return f"'{text}'" if text.startswith("*") or text.endswith(":") else text
