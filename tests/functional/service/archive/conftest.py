"""An archive to write to, and a database that holds what is old enough for it."""

import functools
import gzip
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from panko.archive.s3 import S3, Bucket
from panko.cmd.expiring import archive_and_expire
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate

ALL = EventFilter(Everything())
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = ConnectionSettings(pool_size=4)


def old(number, at=NOON, raw=None):
    traits = (Trait("n", TraitType.INTEGER, number), Trait("project_id", TraitType.TEXT, f"p{number % 3}"))
    return Event(f"m{number:05}", "compute.instance.update", at + timedelta(seconds=number), traits, raw or {})


class Archive:
    """What is in a bucket, as somebody sees it who wants it back."""

    def __init__(self, s3, bucket):
        self._s3 = s3
        self.bucket = bucket

    def options(self, url=None):
        return (
            f"[archive]\ns3_endpoint = {url or self._s3.url}\ns3_bucket = {self.bucket}\ns3_prefix = cloud-1\n"
            f"s3_access_key_id = {self._s3.key_id}\ns3_secret_access_key = {self._s3.secret}\n"
        )

    def target(self, url=None, ca_file=None):
        login = (self._s3.key_id, self._s3.secret)
        return S3(
            Bucket(self.bucket, "cloud-1", "us-east-1", endpoint=url or self._s3.url, login=login, ca_file=ca_file)
        )

    def objects(self):
        return self._s3.objects(self.bucket)

    def parts(self):
        return sorted(key for key in self.objects() if key.endswith(".ndjson.gz"))

    def lines(self):
        return [line for key, data in sorted(self.objects().items()) if key.endswith(".gz") for line in lines_of(data)]

    def message_ids(self):
        return {line["message_id"] for line in self.lines()}

    def listed(self):
        """Return the keys of all parts that manifests name."""
        return sorted(
            key.replace("manifest.json", part["name"])
            for key, data in self.objects().items()
            if key.endswith("manifest.json")
            for part in json.loads(data)["parts"]
        )


def lines_of(data):
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


@pytest.fixture
def archive(s3):
    return Archive(s3, s3.new_bucket())


@pytest.fixture(params=["mariadb", "postgresql"])
def database(request):
    url = request.getfixturevalue(request.param).new_database()
    migrate.upgrade(url)
    return url


@pytest.fixture
def store(database):
    store = connect(database, SETTINGS)
    yield store
    store.dispose()


@pytest.fixture
def left(store):
    """Return the message_ids of what is in the database."""
    return lambda: {event.message_id for event in store.get_events(ALL, Page(10_000))}


@pytest.fixture
def start(tmp_path, database):
    """Start panko-expirer with options for an archive, as a process of its own."""
    started = []

    def start(options, *arguments, **about):
        conf = tmp_path / f"panko-{len(started)}.conf"
        conf.write_text(
            f"[database]\nconnection = {database}\nevent_time_to_live = 60\nevents_delete_batch_size = 20\n{options}"
        )
        command = [sys.executable, "-m", "panko.cmd.expirer", "--config-file", str(conf), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **about)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)


@pytest.fixture
def run(start):
    """Run it to its end; return its exit code and what it said."""

    def run(options, *arguments, **about):
        process = start(options, *arguments, **about)
        out, err = process.communicate(timeout=60)
        return process.returncode, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \d+ ", "", out + err)

    return run


@pytest.fixture
def archiving(database, archive):
    """Archive and expire in a thread, as often as a test asks; return what becomes of it."""
    stores = []
    with ThreadPoolExecutor(4) as pool:

        def begin(url=None, **about):
            stores.append(connect(database, SETTINGS))
            run = functools.partial(archive_and_expire, stores[-1], datetime.now(UTC), batch_size=20)
            return pool.submit(run, target=archive.target(url, **about), is_over=lambda: False)

        yield begin
    for store in stores:
        store.dispose()


@pytest.fixture
def waits_for():
    """Wait for a condition, which comes to be within a minute."""

    def wait(condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    return wait
