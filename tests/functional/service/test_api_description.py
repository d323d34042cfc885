"""The description at /openapi.json is held to the running service, by requests that nobody has thought of."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from panko.api.resources.openapi.operations import OPERATIONS
from panko.storage.sql.schema import migrate
from servers.panko_api import PankoApi

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EVENT = {
    "message_id": "1",
    "event_type": "a",
    "generated": "2014-01-01",
    "traits": [["project_id", 1, "p"], ["n", 2, 1]],
}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('api')}/panko.sqlite"
    migrate.upgrade(url)
    api = PankoApi(f"[api]\nauth_strategy = noauth\nworkers = 1\n[database]\nconnection = {url}\n")
    try:
        yield api.start()
    finally:
        api.remove()


@pytest.fixture(scope="module")
def description(api):
    assert httpx.post(f"{api.url}/v2/events", json=EVENT, headers=ADMIN).status_code == 201
    return schemathesis.openapi.from_url(f"{api.url}/openapi.json")


@pytest.mark.parametrize(("template", "method"), OPERATIONS)
def test_service_does_what_it_says(description, template, method):
    follow(description[template][method], GenerationMode.POSITIVE)


# The others take nothing that could be wrong.
@pytest.mark.parametrize(("template", "method"), [key for key, each in OPERATIONS.items() if each.authenticated])
def test_service_refuses_as_it_says(description, template, method):
    follow(description[template][method], GenerationMode.NEGATIVE)


def follow(operation, mode):
    """Send requests as they are described, or wrong in some way, and hold every answer to the description."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    def ask(case):
        case.call_and_validate(headers=ADMIN, checks=CHECKS)

    ask()


def test_description_names_every_operation(description):
    described = {(each.ok().path, each.ok().method) for each in description.get_all_operations()}
    assert described == set(OPERATIONS)
