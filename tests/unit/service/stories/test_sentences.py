"""What a person reads about an event and an operation."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model.telling import NOON, event
from panko.stories import names_in, of_event, of_operation, operations
from panko.stories.durations import written
from panko.stories.words.tables import ACTIONS, NOUNS
from panko.stories.words.verbs import forms

WEB = {"resource_id": "9f0c", "display_name": "web-1", "user_id": "u1", "request_id": "r"}
NAMES = {"u1": "demo", "9f0c": "web-1", "u2": "ada", "p1": "shop"}


def operation(stem, last="end", took=12, now=60, silent=3600, **traits):
    """Return the sentence about an operation that ended so, or has not."""
    events = [event(f"{stem}.{'request' if 'http' in stem else 'start'}", 0, **traits)]
    events += [event(f"{stem}.{last}", took, **traits)] if last else []
    (found,) = operations(events, now=NOON + timedelta(seconds=now), silent_after=timedelta(seconds=silent))
    return of_operation(found, NAMES)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (operation("compute.instance.delete", **WEB), "demo deleted server web-1 in 12 s"),
        (operation("compute.instance.delete", "error", **WEB), "demo deleted server web-1, failed after 12 s"),
        (operation("compute.instance.delete", None, **WEB), "demo is deleting server web-1, running for 1 min"),
        (
            operation("compute.instance.resize", None, now=10_800, **WEB),
            "demo began to resize server web-1, no end seen for 3 h",
        ),
        (operation("compute.instance.power_off", **WEB), "demo powered off server web-1 in 12 s"),
        (
            operation("compute.instance.delete", resource_id="9f0c", request_id="r"),
            "server web-1 was deleted in 12 s",
        ),
        (
            operation("compute.instance.delete", None, resource_id="9f0c", request_id="r"),
            "server web-1 is being deleted, running for 1 min",
        ),
        (operation("compute.instance.snapshot", resource_id="x"), "somebody took a snapshot of server x in 12 s"),
        (
            operation("volume.attach", resource_id="v", display_name="data", instance_id="9f0c", user_id="u1"),
            "demo attached volume data to server web-1 in 12 s",
        ),
        (operation("port.create", user_id="u7", request_id="r"), "u7 created a port in 12 s"),
        (
            operation("audit.http", "response", took=1, id="c", initiator_name="ada", target_name="nova",
                      action="delete", requestPath="/v2.1/servers/9f0c", outcome="failure", reason_code="403"),
            "ada asked nova to delete /v2.1/servers/9f0c, failed after 1 s with HTTP 403",
        ),
        (
            operation("compute.instance.create", "error", fault="No valid host\nwas found", **WEB),
            "demo created server web-1, failed after 12 s: No valid host was found",
        ),
        (operation("acme.widget.delete", resource_id="w"), "acme widget w was deleted in 12 s"),
        (operation("acme.frobnicate", resource_id="w", user_id="u1"), "acme.frobnicate of w by demo: ok (12 s)"),
        (operation("acme.frobnicate", None, resource_id="w"), "acme.frobnicate of w: running (1 min)"),
    ],
)  # fmt: skip
def test_an_operation_is_told(told, sentence):
    assert told == sentence


def test_an_end_alone_is_told_without_a_duration():
    (found,) = operations([event("image.import.end", **WEB)], now=NOON, silent_after=timedelta(1))
    assert of_operation(found, NAMES) == "demo imported image web-1"


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (event("compute.instance.create.end", **WEB), "demo created server web-1"),
        (event("compute.instance.create.start", **WEB), "demo began to create server web-1"),
        (event("compute.instance.create.error", **WEB), "demo created server web-1, failed"),
        (event("compute.instance.exists", **WEB), "server web-1 was there"),
        (
            event("compute.instance.update", old_state="building", state="active", **WEB),
            "demo updated server web-1 from building to active",
        ),
        (event("identity.user.created", resource_id="u2", initiator_id="u1"), "demo created user ada"),
        (
            event("identity.authenticate", outcome="success", initiator_id="u2", initiator_host_addr="192.0.2.7"),
            "ada logged in from 192.0.2.7",
        ),
        (
            event("identity.authenticate", outcome="failure", initiator_id="u2", initiator_host_addr="192.0.2.7"),
            "ada tried to log in from 192.0.2.7 and failed",
        ),
        (
            event("identity.role_assignment.created", role="admin", user="u2", project="p1"),
            "role admin was granted to user ada in project shop",
        ),
        (event("identity.role_assignment.deleted", user="u2"), "a role was revoked of user ada"),
        (event("image.upload", name="debian-12", user_id="p1"), "shop uploaded image debian-12"),
        (event("image.send", image_id="i", destination_ip="192.0.2.1"), "image i was sent to 192.0.2.1"),
        (event("floatingip.update.end", resource_id="f"), "floating IP f was updated"),
        (event("network.create.end"), "a network was created"),
        (event("image.create"), "an image was created"),
        (event("tick"), "tick"),
        (event("a.b.c"), "a.b.c"),
    ],
)
def test_an_event_is_told(one, sentence):
    assert of_event(one, NAMES) == sentence


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (event("audit.http.request", action="\x00", requestPath="/"), "an API was about to be asked"),
        (
            event("audit.http.response", outcome="failure", reason_code="\x00", message="\n"),
            "an API was asked, failed",
        ),
        (event("x\n y.create", resource_id="w"), "x y w was created"),
        (event("\x00.create", user_id="u1"), "demo created"),
        (event("a..exists", resource_id="w"), "a w was there"),
        (event("\u202e.exists"), "was there"),
    ],
)
def test_what_does_not_print_is_not_said(one, sentence):
    assert of_event(one, NAMES) == sentence


def test_the_type_of_an_event_is_no_place_for_its_traits():
    assert of_event(event("{user}.create", user="x", user_id="u1"), NAMES) == "demo created a {user}"


def test_names_of_ids_are_those_that_the_events_say():
    names = names_in(
        [
            event("compute.instance.update", 5, resource_id="a", display_name="new"),
            event("compute.instance.update", 1, resource_id="a", display_name="old"),
            event("audit.http.request", initiator_id="u", initiator_name="ada", resource_id="b"),
        ]
    )
    assert names == {"a": "new", "u": "ada"}


TEXTS = st.text(max_size=200)
TRAITS = st.dictionaries(
    st.sampled_from(
        ["display_name", "resource_id", "user_id", "initiator_name", "outcome", "state", "reason_code", "message",
         "target_name", "action", "requestPath", "role", "user", "instance_id", "old_state", "id"]
    ),
    TEXTS,
)  # fmt: skip
TYPES = st.one_of(
    TEXTS,
    st.builds("{}.{}".format, TEXTS, st.sampled_from([*sorted(ACTIONS), "exists"])),
    st.builds(
        lambda noun, action, suffix: f"{noun}.{action}{suffix}",
        st.sampled_from(sorted(NOUNS)),
        st.sampled_from(sorted(ACTIONS)),
        st.sampled_from(["", ".start", ".end", ".error"]),
    ),
    st.sampled_from(["audit.http.request", "audit.http.response", "identity.authenticate", "..", ".start", ""]),
)


@given(TYPES, TRAITS)
def test_whatever_somebody_wrote_is_one_line_that_prints(event_type, traits):
    one = event(event_type, **traits)
    sentences = [of_event(one)]
    sentences += [of_operation(found) for found in operations([one], now=NOON, silent_after=timedelta(1))]
    for sentence in sentences:
        assert sentence.isprintable()
        assert "  " not in sentence
        assert len(sentence) < 1000


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_has_its_forms(action):
    verb = forms(ACTIONS[action])
    assert verb.gerund.split(" ")[0].endswith("ing")
    assert verb.past.split(" ")[0][-1] in "dtk"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.84, "0.8 s"), (1.0, "1 s"), (9.99, "9.9 s"), (12.4, "12 s"), (60, "1 min"), (185, "3 min 5 s"),
     (10_800, "3 h"), (93_780, "1 d 2 h"), (86_405, "1 d"), (-1, "0 s")],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds, text):
    assert written(timedelta(seconds=seconds)) == text
