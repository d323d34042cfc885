"""The script `panko-api` as Apache's mod_wsgi loads it: by its file, for `application`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("panko-api")
# mod_wsgi runs the file under a name of its own, and takes what it finds.
SERVER = """
import runpy, sys, wsgiref.util
application = runpy.run_path(sys.argv.pop(1), run_name="_mod_wsgi_1")["application"]
environ = {"PATH_INFO": "/v2/events", "HTTP_X_ROLES": "admin", "HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": "p"}
wsgiref.util.setup_testing_defaults(environ)
for _ in range(2):
    body = b"".join(application(environ, lambda status, headers, *_: print(status)))
    print(body.decode())
"""


def load(*, files, arguments=()):
    environment = {"PATH": os.environ["PATH"], "OS_PANKO_CONFIG_FILES": str(files), "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, "-c", SERVER, SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def configuration(tmp_path, database):
    path = tmp_path / "panko.conf"
    path.write_text(f"[api]\nauth_strategy = noauth\nforce_noauth = true\n[database]\nconnection = {database}\n")
    return path


def test_a_wsgi_server_that_loads_the_script_serves_the_api(configuration):
    done = load(files=configuration, arguments=["--server-option", "of the WSGI server"])
    assert done.stdout.splitlines() == ["200 OK", "[]", "200 OK", "[]"], done.stderr


def test_a_wsgi_server_that_loads_the_script_without_configuration_is_told_what_is_missing(tmp_path):
    done = load(files=tmp_path / "panko.conf")
    assert done.returncode != 0
    assert f"{tmp_path}/panko.conf" in done.stderr


def test_the_script_is_a_command_when_it_is_run():
    done = subprocess.run([SCRIPT, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip() or done.stderr.strip()) == (0, "11.0.0.dev0")
