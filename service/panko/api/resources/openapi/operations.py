"""What each operation takes, and how it answers, beyond what its resource says of itself. Data only."""

import dataclasses
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from panko.api.messages.media import CLOUDEVENT, CLOUDEVENTS, JSON, LINES
from panko.api.resources.health import PLAIN_TEXT
from panko.api.resources.openapi.schemas import Schema, array, ref
from panko.asking.bounds import MAX_FILTERS
from panko.asking.v2.arguments import FILTER_KEYS, KEYS
from panko.asking.v2.terms import SPECIAL_FIELDS, TRAIT_TYPES
from panko.filters import Comparison, SortField

ANYTHING: Schema = {"type": "object"}
EVENT_LINES: Schema = {"type": "string", "description": "An Event on each line."}
POSTED_LINES: Schema = {"type": "string", "description": "A PostedEvent on each line; blank lines are nothing."}


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """How one method of one path is used; `refusals` are the statuses of faults.

    `bodies` are by the media types that are taken, `others` by those that are offered beside `content_type`.
    """

    operation_id: str
    schema: Schema | None = None
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = JSON
    others: Mapping[str, Schema] = dataclasses.field(default_factory=dict)
    parameters: tuple[Mapping[str, Any], ...] = ()
    bodies: Mapping[str, Schema] | None = None
    refusals: tuple[HTTPStatus, ...] = ()
    authenticated: bool = True


def _parameter(name: str, schema: Schema, description: str = "") -> Mapping[str, Any]:
    several = {"style": "form", "explode": True} if schema.get("type") == "array" else {}
    return {"name": name, "in": "query", "description": description, "schema": schema, **several}


FILTERS: Mapping[str, tuple[Schema, str]] = {
    "field": ({"type": "string"}, f"The name of a trait, or one of {', '.join(SPECIAL_FIELDS)}, all_tenants."),
    "op": ({"type": "string", "enum": ["", *(each.value for each in Comparison)]}, "Empty is eq."),
    "type": ({"type": "string", "enum": ["", *TRAIT_TYPES]}, "Of the trait; empty is string."),
    "value": ({"type": "string"}, "Is compared with."),
}
ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    "limit": ({"type": "integer", "minimum": 0}, "Events at most; 0 is the default of the configuration."),
    "sort": (
        array({"type": "string", "enum": [f"{f.value}{way}" for f in SortField for way in ("", ":asc", ":desc")]}),
        "Repeat it for several keys.",
    ),
    "marker": ({"type": "string"}, "The message_id of the last event seen; the page starts after it."),
}
PARAMETERS = (
    *(
        _parameter(
            f"q.{key}",
            {**array(FILTERS[key][0]), "maxItems": MAX_FILTERS},
            f"{FILTERS[key][1]} Put together with the others by position.",
        )
        for key in FILTER_KEYS
    ),
    *(_parameter(key, *ARGUMENTS[key]) for key in KEYS if key in ARGUMENTS),
)

READ = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
WITH_BODY = (*READ, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
BY_NAME = (*READ, HTTPStatus.NOT_FOUND)

_VERSIONS = {
    method: Operation(f"{method}_versions", ANYTHING, authenticated=False)
    for method in ("get", "head", "post", "put", "patch", "delete", "options")
}
_HEALTH = (HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    **{("/", method): operation for method, operation in _VERSIONS.items()},
    ("/healthcheck", "get"): Operation(
        "get_health", {"type": "string"}, content_type=PLAIN_TEXT, refusals=_HEALTH, authenticated=False
    ),
    ("/healthcheck", "head"): Operation(
        "head_health", status=HTTPStatus.NO_CONTENT, refusals=_HEALTH, authenticated=False
    ),
    ("/v2/capabilities", "get"): Operation("get_capabilities", ANYTHING, refusals=READ),
    ("/v2/events", "get"): Operation(
        "list_events",
        array(ref("Event")),
        others={CLOUDEVENTS: array(ref("CloudEvent")), LINES[0]: EVENT_LINES},
        parameters=PARAMETERS,
        refusals=WITH_BODY,
    ),
    ("/v2/events", "post"): Operation(
        "create_events",
        ref("Recorded"),
        status=HTTPStatus.CREATED,
        bodies={
            JSON: ref("PostedEvents"),
            **dict.fromkeys(LINES, POSTED_LINES),
            CLOUDEVENT: ref("CloudEvent"),
            CLOUDEVENTS: array(ref("CloudEvent")),
        },
        refusals=(*WITH_BODY, HTTPStatus.CONFLICT),
    ),
    ("/v2/events/{message_id}", "get"): Operation(
        "show_event", ref("Event"), others={CLOUDEVENT: ref("CloudEvent")}, refusals=BY_NAME
    ),
    ("/v2/event_types", "get"): Operation("list_event_types", array({"type": "string"}), refusals=READ),
    ("/v2/event_types/{event_type}/traits", "get"): Operation(
        "list_trait_types", array(ref("TraitType")), refusals=BY_NAME
    ),
    ("/v2/event_types/{event_type}/traits/{name}", "get"): Operation(
        "list_traits", array(ref("Trait")), refusals=BY_NAME
    ),
}
