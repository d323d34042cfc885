"""panko-client in a real cloud: Keystone's catalogue and tokens, and the API on MariaDB."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from panko_client import Event, EventClient, Trait
from panko_client.errors import ForbiddenError, IdentityError
from panko_client.following import Pace
from panko_client.patience import Patience


@pytest.fixture
def boss(cloud):
    session = cloud.session("client-boss", "demo")
    yield EventClient.of_session(session, region=cloud.region, patience=Patience(120))
    session.session.close()


def event(cloud, name, minutes=0):
    project = Trait("project_id", cloud.keystone.add_project("demo"))
    return Event(name, "backup.end", datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes), (project,))


def test_the_api_is_found_in_the_catalogue_and_a_token_that_is_revoked_is_renewed(cloud, boss):
    boss.create(event(cloud, "a"))
    following = boss.follow(since=datetime.now(UTC) - timedelta(hours=1), pace=Pace(interval_seconds=0.1))
    assert next(following).message_id == "a"
    token = boss._transport._adapter.session.get_token()
    cloud.keystone.revoke(token)
    time.sleep(1.5)  # the API believes a token for a second, and no condition shows when it stops
    boss.create(event(cloud, "b"))
    assert next(following).message_id == "b"
    assert boss._transport._adapter.session.get_token() != token


def test_who_may_not_write_and_who_is_not_known_are_told_apart(cloud):
    member = cloud.session("client-member", "demo")
    with pytest.raises(ForbiddenError) as caught:
        EventClient.of_session(member, region=cloud.region, patience=Patience(120)).create(event(cloud, "a"))
    assert caught.value.request_id.startswith("req-")
    with pytest.raises(IdentityError, match="Keystone gives no token"):
        EventClient.of_session(cloud.session("client-boss", "nowhere")).capabilities()
    with pytest.raises(IdentityError, match="no endpoint of the service type event"):
        EventClient.of_session(member, region="elsewhere").capabilities()
    member.session.close()


def test_openstack_event_creates_lists_and_shows(cloud):
    login = {
        "OS_AUTH_URL": cloud.keystone.url,
        "OS_USERNAME": "client-boss",
        "OS_PASSWORD": "client-boss-s3cret",
        "OS_PROJECT_NAME": "demo",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_REGION_NAME": cloud.region,
        "PATH": os.environ["PATH"],
        "PYTHONWARNINGS": "ignore",
    }
    project = cloud.keystone.add_project("demo")
    script = "import json, sys; from openstackclient.shell import OpenStackShell as Shell\n"
    script += "sys.exit(max(Shell().run(words) for words in json.loads(sys.argv[1])))"
    options = ("--type", "backup.end", "--message-id", "m1", "--trait", f"project_id={project}")
    commands = [
        ["event", "create", *options, "-f", "value"],
        ["event", "list", "--since", "1m", "-f", "value", "-c", "message_id"],
        ["event", "show", "m1", "-f", "value", "-c", "event_type"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(commands)],
        env=login,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["m1", "1", "0", "m1", "backup.end"]


def test_names_with_slashes_reach_the_server_as_one(cloud, boss):
    one = event(cloud, "c/d")
    named = Event("c/d", "object/created", one.generated, (*one.traits, Trait("acl/read", "all")))
    boss.create(named)
    assert boss.show("c/d").message_id == "c/d"
    assert [trait.value for trait in boss.traits("object/created", "acl/read")] == ["all"]
