"""docs/api.md holds: its commands are run as they stand, and answer what it shows."""

import json
import os
import re
import subprocess
from pathlib import Path

import bcrypt
import httpx
import pytest
from jsonschema import Draft202012Validator

from panko.storage.sql.schema import migrate
from servers.panko_api import PankoApi

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
# What a token says under Keystone is said by headers here.
AS_ADMIN = (
    "curl() { command curl --fail-with-body " + " ".join(f"-H '{k}: {v}'" for k, v in ADMIN.items()) + ' "$@"; }\n'
)
SEEN = {
    "message_id": "seen",
    "event_type": "compute.instance.resize.end",
    "generated": "2026-11-22T14:30:00",
    "traits": [["instance_id", 1, "9f0c…"], ["project_id", 1, "p"], ["memory_mb", 2, 8192]],
}
LINES = [{"message_id": f"line {n}", "event_type": "image.upload", "generated": "2026-11-22T15:00:00"} for n in (1, 2)]


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    migrate.upgrade(f"sqlite:///{folder}/panko.sqlite")
    (folder / "htpasswd").write_text(f"ceilometer:{bcrypt.hashpw(b'PASSWORD', bcrypt.gensalt(4)).decode()}\n")
    api = PankoApi(
        f"[api]\nauth_strategy = noauth\nworkers = 1\nhtpasswd_file = {folder}/htpasswd\n"
        f"[database]\nconnection = sqlite:///{folder}/panko.sqlite\n[explorer]\nenabled = true\n"
    )
    try:
        api.start()
        assert httpx.post(f"{api.url}/v2/events", json=SEEN, headers=ADMIN).status_code == 201
        (api.folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in LINES))
        yield api
    finally:
        api.remove()


def run(api, commands):
    return subprocess.run(
        ["bash", "-euc", AS_ADMIN + commands],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=api.folder,
        env={"PATH": os.environ["PATH"], "PANKO": api.url, "TOKEN": "t0ken"},
    )


# The first asks Keystone's catalogue for the address, which is given here.
@pytest.mark.parametrize("block", blocks("console")[1:], ids=lambda block: block.splitlines()[0][:40])
def test_commands_are_run_as_they_stand(api, block):
    shown = [line for line in block.splitlines() if line.startswith(("{", "["))]
    done = run(api, "".join(line for line in block.splitlines(keepends=True) if line.rstrip() not in shown))
    assert done.returncode == 0, done.stdout + done.stderr
    if shown:
        assert done.stdout.splitlines() == shown
    else:
        answers = json.loads("[" + done.stdout.replace("][", "],[") + "]")
        assert [[event["message_id"] for event in answer] for answer in answers] == [["seen"], ["seen"]]


def test_first_command_after_the_address_lists_events(api):
    (command,) = (line for line in blocks("console")[0].splitlines() if line.startswith("curl"))
    assert [event["message_id"] for event in json.loads(run(api, command).stdout)][:1] == ["seen"]


ROWS = re.findall(r"^\| `(GET|POST) (/\S*)` \| (\d+)", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize(("method", "path", "status"), ROWS)
def test_every_request_of_the_table_answers_as_it_says(api, method, path, status):
    path = path.format(
        message_id="seen", event_type=SEEN["event_type"], name="memory_mb", resource_id="r-1", request_id="req-1"
    )
    document = {} if method == "GET" else {"json": [SEEN]}
    for url in (f"{api.url}{path}", f"{api.url}{path.rstrip('/')}/"):
        answer = httpx.request(method, url, headers=ADMIN, **document)
        assert answer.status_code == int(status)


def test_event_that_is_shown_is_one(api):
    description = httpx.get(f"{api.url}/openapi.json").json()
    schema = {"$ref": "#/components/schemas/Event", "components": description["components"]}
    assert Draft202012Validator(schema).is_valid(json.loads(blocks("json")[0]))


def test_fault_that_is_shown_is_told(api):
    events = [SEEN, SEEN | {"generated": "soon"}]
    answer = httpx.post(f"{api.url}/v2/events", json=events, headers=ADMIN)
    assert answer.json() == json.loads(blocks("json")[1])
