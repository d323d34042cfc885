"""A publisher that is confined to event types or projects stores nothing else."""

import base64

import bcrypt
import pytest

from panko.api.middleware.authentication.htpasswd import Htpasswd, parse
from panko.errors import ConfigurationError

HASH = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()
ACCOUNT = f"nova:{HASH}\n"
BASIC = {"Authorization": "Basic " + base64.b64encode(b"nova:s3cret").decode()}


def event(event_type="compute.instance.create.end", *traits, message_id="m-1"):
    return {
        "message_id": message_id,
        "event_type": event_type,
        "generated": "2026-11-22T12:00:00",
        "traits": [list(trait) for trait in traits],
    }


@pytest.fixture
def post(make_client, tmp_path):
    """Post events as an account that these lines confine."""

    def post(lines, *events):
        path = tmp_path / "htpasswd"
        path.write_text(ACCOUNT + lines)
        client = make_client(f"[api]\nauth_strategy = noauth\nhtpasswd_file = {path}\n")
        return client.simulate_post("/v2/events", headers=BASIC, json=list(events))

    return post


def fault(answer):
    assert answer.status_code == 403
    return answer.json["error_message"]["faultstring"]


@pytest.mark.parametrize(
    "event_type", ["compute.instance.create.end", "compute.instance.", "image.update", "volume.attach.error"]
)
def test_an_event_type_of_the_list_is_stored(post, event_type):
    lines = "nova event_types=compute.instance.*, image.update,*.error\n"
    assert post(lines, event(event_type)).status_code == 201


@pytest.mark.parametrize(
    "event_type", ["compute.metrics.update", "image.update.end", "IMAGE.UPDATE", "an image.update", "imageXupdate", "*"]
)
def test_any_other_event_type_is_refused_in_words_that_say_what_may_be_stored(post, connection, event_type):
    answer = post("nova event_types=compute.instance.*,image.update\n", event(message_id="m-0"), event(event_type))
    assert fault(answer) == (
        f"event 1: event type {event_type}. Publisher nova may store events of the event types compute.instance.*, "
        "image.update only. Nothing of this request is stored."
    )
    assert connection.events == {}


def test_both_ends_of_a_pattern_need_characters_of_their_own(post):
    assert fault(post("nova event_types=ab*bc\n", event("abc")))
    assert post("nova event_types=ab*bc\n", event("abbc")).status_code == 201


@pytest.mark.parametrize(
    ("traits", "named"),
    [
        ([], "no project_id"),
        ([("project_id", 1, "other")], "project other"),
        ([("project_id", 1, "MINE")], "project MINE"),
        ([("tenant_id", 1, "mine")], "no project_id"),
        ([("project_id", 2, 7)], "no project_id"),
        ([("project_id", 1, None)], "project None"),
        ([("project_id", 4, "2026-11-22"), ("project_id", 1, "other")], "project other"),
    ],
)
def test_an_event_that_readers_do_not_see_in_the_project_is_refused(post, connection, traits, named):
    said = fault(post("nova projects=mine,ours\n", event("a", *traits)))
    assert said.startswith(f"event 0: {named}. Publisher nova may store events of the projects mine, ours only.")
    assert connection.events == {}


def test_both_lists_hold_together(post):
    lines = "nova projects=mine\nnova event_types=a\n"
    assert post(lines, event("a", ("project_id", 1, "mine"))).status_code == 201
    said = fault(post(lines, event("b", ("project_id", 1, "other"))))
    assert "event 0: event type b; event 0: project other. " in said
    assert "of the event types a and of the projects mine only" in said


def test_the_refusal_of_many_stays_short(post):
    events = [event("x" * 255, message_id=f"m-{number}") for number in range(2000)]
    said = fault(post("nova event_types=" + ",".join(f"{'y' * 250}{number}" for number in range(64)), *events))
    assert "and 1990 more" in said
    assert "may store events of the event types" in said
    assert len(said) < 9100


def test_the_audit_line_counts_what_was_refused(post, capsys):
    post("nova event_types=b\n", event("a", message_id="m-0"), event("b"))
    (line,) = [line for line in capsys.readouterr().err.splitlines() if " panko.audit " in line]
    assert "by publisher:nova: created 0, duplicates 0, refused 2" in line


def test_who_is_not_confined_stores_as_before(post):
    assert post(f"other:{HASH}\nother event_types=b\n", event("a")).status_code == 201


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("nova event_types=\n", "line 2 is not a list of 1 to 64 values"),
        ("nova event_types=a,,b\n", "line 2 is not a list of 1 to 64 values"),
        ("nova event_types=a*b*\n", "line 2 holds what is neither an event type nor one with a single *"),
        ("nova event_types=a b\n", "line 2 holds what is neither"),
        ("nova event_types=[ab]\n", "line 2 holds what is neither"),
        (f"nova event_types={'a' * 256}\n", "line 2 holds what is neither"),
        ("nova projects=a*\n", "line 2 holds what is no id of a project"),
        (f"nova projects={','.join(map(str, range(65)))}\n", "line 2 is not a list of 1 to 64"),
        ("nova projects=a\nnova projects=b\n", "line 3 confines one account by projects for the second time"),
        ("nvoa projects=a\n", "confines accounts that it has no password of: nvoa"),
        ("nova projets=a\n", "line 2 is not NAME:BCRYPT-HASH"),
    ],
)
def test_a_line_that_confines_nobody_is_refused_at_the_start(tmp_path, lines, words):
    with pytest.raises(ConfigurationError) as error:
        parse(ACCOUNT + lines, tmp_path)
    assert words in str(error.value)
    assert HASH[-20:] not in str(error.value)


def test_a_list_that_becomes_unreadable_leaves_the_confinement_as_it_was(tmp_path):
    path = tmp_path / "htpasswd"
    path.write_text(ACCOUNT + "nova projects=mine\n")
    accounts = Htpasswd(str(path))
    path.write_text(ACCOUNT + "nova projects=\n")
    assert accounts.accounts()["nova"].confinement.projects == ("mine",)
    path.write_text(ACCOUNT)
    assert accounts.accounts()["nova"].confinement is None
