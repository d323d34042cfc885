"""A real `panko-collector` for tests, from the virtual environment that holds ceilometer, and notifications for it."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from servers import freezing, logged
from servers.ceilometer_agent import program
from servers.database_server import free_port

SERVICE = Path(__file__).resolve().parents[2] / "service"
WITHIN_SECONDS = 60

CONFIGURATION = """
[database]
connection = {database}
[collector]
transport_url = {transport_url}
topics = {topic}
exchanges = nova, ceilometer
dead_letter_queue = {topic}.dead
batch_seconds = 0.1
health_port = {port}
{options}
"""

# How both of these begin: the first argument is the broker's URL, the others are theirs.
CONNECT = """
import json, sys
import amqp
from urllib.parse import urlsplit

url, *words = sys.argv[1:]
parsed = urlsplit(url)
connection = amqp.Connection(host=f"{parsed.hostname}:{parsed.port}", userid=parsed.username, password=parsed.password)
"""

# Sends what it reads to a queue, as a service would, which makes it too; returns when RabbitMQ has all of it.
SEND = """
queue, exchange = words
with connection:
    connection.connect()
    channel = connection.channel()
    try:
        channel.queue_declare(queue, durable=False, auto_delete=False)
    except amqp.exceptions.PreconditionFailed:  # a durable one
        channel = connection.channel()
    channel.queue_bind(queue, exchange, queue)
    channel.confirm_select()
    for body in json.load(sys.stdin):
        text = body if isinstance(body, str) else json.dumps(body)
        message = amqp.Message(text, content_type="application/json", content_encoding="utf-8", delivery_mode=2)
        channel.basic_publish(message, exchange, queue)
    channel.basic_publish_confirm(amqp.Message("last"), "", "nowhere")
"""

# Prints what is in a queue, and leaves it there.
LOOK = """
def shown(message):
    body = message.body if isinstance(message.body, str) else message.body.decode(errors="replace")
    return {"headers": message.headers, "body": body, "persistent": message.properties["delivery_mode"] == 2}

(queue,) = words
with connection:
    connection.connect()
    channel = connection.channel()
    print(json.dumps(list(map(shown, iter(lambda: channel.basic_get(queue), None)))))
"""


NOTIFICATIONS = [
    json.loads(path.read_text()) for path in sorted((SERVICE.parent / "tests" / "notifications").glob("*.json"))
]


def message(notification: Mapping[str, Any], message_id: str | None = None) -> dict[str, str]:
    """Return what oslo.messaging sends of a notification, by another id each time."""
    inside = {name: notification[name] for name in ("publisher_id", "event_type", "priority", "payload", "timestamp")}
    context = {f"_context_{name}": value for name, value in notification["ctxt"].items()}
    own = {"message_id": message_id or str(uuid.uuid4()), "_unique_id": uuid.uuid4().hex}
    return {"oslo.version": "2.0", "oslo.message": json.dumps(inside | context | own)}


def messages(count: int) -> list[dict[str, str]]:
    """Return so many of what services notify, each kind in turn."""
    return [message(one) for one in itertools.islice(itertools.cycle(NOTIFICATIONS), count)]


class PankoCollector:
    """One collector with a topic of its own, and the events of one database."""

    def __init__(self, *, transport_url: str, database: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="panko-collector-"))
        self.topic = self.folder.name
        self.port = free_port()
        self.transport_url = transport_url
        self._process: subprocess.Popen[bytes] | None = None
        self._database = database
        self.configure()

    def configure(self, options: str = "") -> None:
        """Write its configuration; what runs goes on with the one before."""
        (self.folder / "panko.conf").write_text(
            CONFIGURATION.format(
                database=self._database,
                transport_url=self.transport_url,
                topic=self.topic,
                port=self.port,
                options=options,
            )
        )

    @property
    def output(self) -> str:
        """Everything that it has logged."""
        return (self.folder / "log").read_text()

    def start(self) -> None:
        """Start it; `wait_for` tells when it is ready."""
        self._process = logged.start(self._command(), self.folder, environment=self._environment())

    def kill(self) -> None:
        """End it at once, as a lost node does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=WITHIN_SECONDS)
            self._process = None

    def stop(self) -> int:
        """Send SIGTERM; return the exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(timeout=WITHIN_SECONDS)
        self._process = None
        return code

    def freeze(self) -> None:
        """Have it do nothing."""
        freezing.freeze([self.pid])

    def thaw(self) -> None:
        """Let it go on."""
        freezing.thaw([self.pid])

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def remove(self) -> None:
        """Kill it and delete its files."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `panko-collector` to its end."""
        return subprocess.run(
            [*self._command(), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN_SECONDS,
            env=self._environment(),
            cwd=self.folder,
        )

    def replay(self, *arguments: str) -> str:
        """Run `panko-collector replay`; return what it prints."""
        done = self.command("replay", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def send(self, bodies: Sequence[Any], queue: str = "info", *, topic: str | None = None) -> None:
        """Send bodies to a queue of a topic, texts as they are, and return when the broker has them."""
        self._connected(SEND, f"{topic or self.topic}.{queue}", "nova", given=bodies)

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the dead letters, which stay where they are."""
        found: list[dict[str, Any]] = json.loads(self._connected(LOOK, f"{self.topic}.dead"))
        return found

    def figures(self) -> dict[str, float]:
        """Return its figures by their name, and by name and label."""
        _status, text = self.page("/metrics")
        return {
            " ".join([sample.name, *sample.labels.values()]): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def page(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_for(self, holds: Callable[[], bool], *, within_seconds: float = WITHIN_SECONDS) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + within_seconds
        while not holds():
            assert self._process is None or self._process.poll() is None, self.output[-8000:]
            assert time.monotonic() < deadline, self.output[-8000:]
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        """Wait until it is connected."""
        self.wait_for(lambda: self.page("/readyz")[0] == 200)

    def _connected(self, code: str, *words: str, given: Any = None) -> str:
        return self._run(CONNECT + code, [self.transport_url, *words], given)

    def _run(self, code: str, arguments: Sequence[str], given: Any) -> str:
        return subprocess.run(
            [program("python"), "-c", code, *arguments],
            input=json.dumps(given),
            text=True,
            check=True,
            stdout=subprocess.PIPE,
            timeout=WITHIN_SECONDS,
            env=self._environment(),
        ).stdout

    def _command(self) -> list[str]:
        return [program("python"), "-m", "panko.cmd.collector", "--config-file", str(self.folder / "panko.conf")]

    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(SERVICE),  # this tree's, whatever is installed
            "PYTHONWARNINGS": "ignore",
        }
