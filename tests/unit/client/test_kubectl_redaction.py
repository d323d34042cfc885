"""What is taken out of a report: by place, by pattern, and by the values of the namespace's Secrets."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canaries import forms
from panko_client.kubectl.report import redaction
from panko_client.kubectl.report.redaction import GONE, Redaction
from panko_operator.children.binding import secret as binding
from panko_operator.children.credentials import encode

VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs")), min_size=8, max_size=30)


def of(**data):
    return Redaction.of([{"data": encode(data)}])


@given(VALUES, st.text(max_size=5), st.text(max_size=5))
def test_no_value_is_left_in_any_spelling(value, before, after):
    taken = of(password=value)
    for spelling in forms.spellings(value):
        assert not any(
            one in taken.text(f"{before} {spelling} {after}") for one in forms.spellings(value) if len(one) > 7
        )
    inside = base64.b64encode(f"{before}{value}{after}".encode()).decode()
    assert not forms.findings({"it": value}, [("text", taken.text(inside))])


def test_values_that_are_no_secret_stay():
    taken = of(username="panko-api-0123", uri="http://panko.example:8777/v2/events", password="hunter22-hunter22")
    text = "panko-api-0123 posts to http://panko.example:8777/v2/events"
    assert taken.text(text) == text


def test_a_service_accounts_token_takes_no_namespace_out():
    taken = of(namespace="panko-system", token="a-token-of-the-operator")
    assert taken.text("panko-system a-token-of-the-operator") == f"panko-system {GONE}"


def test_what_is_too_short_to_be_looked_for_is_counted():
    taken = of(password="abc", other="longer-than-that")
    assert taken.too_short == 1
    assert taken.text("abc longer-than-that") == f"abc {GONE}"


@pytest.mark.parametrize(
    "text",
    [
        "mysql+pymysql://panko:SECRET@db:3306/panko",
        "https://:SECRET@host/",
        "mysql://panko:a/SECRET@SECRET:SECRET@db",
        "htpasswd ceilometer:$2b$10$" + "S" * 53,
        "X-Auth-Token: SECRET",
        '{"Authorization": "Basic SECRET"}',
        "OS_PASSWORD=SECRET",
        "memcache_secret_key = SECRET",
        '"previous-password": "SECRET"',
        "token gAAAAABSECRETSECRETSECRETSECRET",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRET\nSECRET\n-----END RSA PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_taken_out_although_nobody_knows_it(text):
    taken = Redaction().text(f"before {text} after")
    assert "SECRET" not in taken
    assert "S" * 20 not in taken
    assert taken.startswith("before ")
    assert taken.endswith(" after")


def test_of_configuration_that_somebody_wrote_the_names_of_options_stay():
    text = "# root:SECRET\n[api]\ndefault_api_return_limit = 7\nweird: SECRET\n  continued SECRET"
    kept = redaction.without_values(text)
    assert kept.splitlines() == [GONE, "[api]", f"default_api_return_limit = {GONE}", f"weird: {GONE}", GONE]


def test_a_document_keeps_its_form_but_for_what_repeats_it():
    live = {
        "metadata": {
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "SECRET", "mine": "hunter22"},
            "managedFields": [{"SECRET": 1}],
        },
        "spec": {"customServiceConfig": "[api]\na = SECRET", "replicas": 2, "list": ["hunter22", None, True]},
    }
    taken = of(password="hunter22").document(live)
    assert "SECRET" not in json.dumps(taken)
    assert taken["spec"]["replicas"] == 2
    assert taken["spec"]["list"] == [GONE, None, True]
    assert taken["metadata"] == {"annotations": {"mine": GONE}}


def test_of_a_secret_names_and_keys_are_told():
    live = {
        "metadata": {"name": "panko-keys", "annotations": {"note": "SECRET"}},
        "type": "Opaque",
        "data": {"b": "U0VDUkVU", "a": "U0VDUkVU"},
    }
    told = redaction.secret(live)
    assert told == {"kind": "Secret", "metadata": {"name": "panko-keys"}, "type": "Opaque", "keys": ["a", "b"]}


def test_a_password_of_a_binding_is_looked_for():
    assert binding.PASSWORD_KEY not in redaction.OPEN_KEYS
