"""A real notification agent of ceilometer, and real notifications for it, from a virtual environment of their own.

`.venv-ceilometer` holds what requirements/ceilometer.txt names, the service and the client, whose publishers the agent
loads; `make functional` makes it.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from servers import logged

PROGRAMS = Path(__file__).resolve().parents[2] / ".venv-ceilometer" / "bin"
STOPPED_WITHIN_SECONDS = 30
EXCHANGE = "nova"

CONFIGURATION = """
[DEFAULT]
transport_url = {transport_url}
event_pipeline_cfg_file = {folder}/event_pipeline.yaml
[notification]
pipelines = event
notification_control_exchanges = {exchange}
ack_on_event_error = false
[oslo_messaging_notifications]
topics = {topic}
[event]
store_raw = info
store_raw = error
{options}
"""

# Runs where oslo.messaging is: sends what it reads, each as the service that it is from would.
NOTIFY = """
import json, sys
import oslo_messaging
from oslo_config import cfg

url, exchange, topic = sys.argv[1:]
oslo_messaging.set_transport_defaults(exchange)
transport = oslo_messaging.get_notification_transport(cfg.ConfigOpts(), url=url)
for one in json.load(sys.stdin):
    notifier = oslo_messaging.Notifier(transport, one["publisher_id"], driver="messagingv2", topics=[topic])
    getattr(notifier, one["priority"].lower())(one["ctxt"], one["event_type"], one["payload"])
transport.cleanup()
"""


class CeilometerAgent:
    """One agent that hands every event to each publisher, in their order and each in a sink of its own.

    Or, with a whole `pipeline`, as that says. `panko_conf` is the configuration of `panko://`, `options` are more of
    ceilometer.conf. A publisher that raises has the notification put back.
    """

    def __init__(
        self,
        *,
        transport_url: str,
        publishers: Sequence[str] = (),
        pipeline: Mapping[str, Any] | None = None,
        panko_conf: str = "",
        options: str = "",
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="panko-ceilometer-"))
        self._transport_url = transport_url
        self._topic = self.folder.name  # queues of its own: a killed agent leaves notifications in them
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "ceilometer.conf").write_text(
            CONFIGURATION.format(
                transport_url=transport_url, folder=self.folder, exchange=EXCHANGE, topic=self._topic, options=options
            )
        )
        (self.folder / "event_pipeline.yaml").write_text(json.dumps(pipeline or _pipeline(publishers)))  # JSON is YAML
        (self.folder / ".panko").mkdir()
        (self.folder / ".panko" / "panko.conf").write_text(panko_conf)

    @property
    def output(self) -> str:
        """Everything that the agent has logged."""
        return (self.folder / "log").read_text()

    def start(self) -> None:
        """Start the agent; it takes what waits for it in the broker when it is ready."""
        command = [program("ceilometer-agent-notification"), "--config-file", str(self.folder / "ceilometer.conf")]
        self._process = logged.start(command, self.folder, environment=self._environment(), start_new_session=True)

    def kill(self) -> None:
        """End the agent and its workers at once, as a lost node does."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait(timeout=STOPPED_WITHIN_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Kill the agent and delete its files."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def notify(self, notifications: Sequence[Mapping[str, Any]]) -> None:
        """Send notifications to the broker with oslo.messaging, and return when it has them."""
        self.run(NOTIFY, notifications)

    def run(self, code: str, given: Any) -> None:
        """Run a program that notifies, where oslo.messaging and the middleware of services are, and return after it.

        Its arguments are the broker's URL, an exchange and a topic that the agent listens to; it reads `given` as JSON.
        """
        subprocess.run(
            [program("python"), "-c", code, self._transport_url, EXCHANGE, self._topic],
            input=json.dumps(given),
            text=True,
            check=True,
            timeout=60,
            env=self._environment(),
            cwd=self.folder,
        )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONWARNINGS": "ignore"}


def program(name: str) -> str:
    """Return the path of a program of that environment; its absence is an error, never a skipped test."""
    path = PROGRAMS / name
    if not path.exists():
        raise FileNotFoundError(f"There is no ceilometer in {PROGRAMS}; make .venv-ceilometer/ready installs it")
    return str(path)


def _pipeline(publishers: Sequence[str]) -> dict[str, Any]:
    names = [f"sink_{number}" for number in range(len(publishers))]
    return {
        "sources": [{"name": "source", "events": ["*"], "sinks": names}],
        "sinks": [{"name": name, "publishers": [publisher]} for name, publisher in zip(names, publishers, strict=True)],
    }
