"""What each operation takes, and how it answers, beyond what its resource says of itself. Data only."""

import dataclasses
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from panko.api.messages.media import CLOUDEVENT, CLOUDEVENTS, CSV, JSON, LINES
from panko.api.resources.health import PLAIN_TEXT
from panko.api.resources.openapi.schemas import Schema, array, ref
from panko.asking.bounds import MAX_FILTERS
from panko.asking.search.counting import arguments as counting
from panko.asking.search.operations import MOST
from panko.asking.search.question import ARGUMENTS as ARGUMENTS_OF_SEARCH
from panko.asking.search.question import BOOLEANS, FORMATS, MAX_LIMIT, ORDERS
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

TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "string", "enum": list(BOOLEANS)}
SEARCH_ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    "filter": (TEXT, "Keys and values, such as type:compute.* -has:host."),
    "from": (TEXT, "Generated at or after; ISO 8601, or how long ago, such as -2h."),
    "to": (TEXT, "Generated before; written as from is."),
    "order": ({"type": "string", "enum": list(ORDERS)}, "The newest first, or the oldest."),
    "limit": ({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, "Events on a page."),
    "cursor": (TEXT, "The next of a page before."),
    "follow": (TEXT, "How long after they were generated events may be stored, such as 60s."),
    "all_projects": ({"type": "string", "enum": list(BOOLEANS)}, "For admins."),
    "format": ({"type": "string", "enum": list(FORMATS)}, "Instead of an Accept header."),
    "columns": (TEXT, "Of a table in CSV: names of traits, with commas between them."),
}
SEARCH_PARAMETERS = tuple(_parameter(name, *SEARCH_ARGUMENTS[name]) for name in ARGUMENTS_OF_SEARCH)
OPERATIONS_ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    **{name: SEARCH_ARGUMENTS[name] for name in ("filter", "from", "to", "order", "cursor", "all_projects")},
    "limit": ({"type": "integer", "minimum": 1, "maximum": MOST}, "Events that a page is made of."),
    "silent_after": (TEXT, "How long after its begin an operation counts as one without an end; 1h."),
    "single": ({"type": "string", "enum": list(BOOLEANS)}, "Whether events that are no part of an operation count."),
}
OPERATIONS_PARAMETERS = tuple(_parameter(name, *of) for name, of in OPERATIONS_ARGUMENTS.items())
COUNTS_ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    **{name: SEARCH_ARGUMENTS[name] for name in ("filter", "from", "to", "all_projects")},
    "format": ({"type": "string", "enum": list(counting.FORMATS)}, "Instead of an Accept header."),
}
HISTOGRAM_ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    **COUNTS_ARGUMENTS,
    "by": ({"type": "string", "enum": list(counting.BYS)}, "What the events of a span are told apart by."),
    "buckets": ({"type": "integer", "minimum": 1, "maximum": counting.MOST_BUCKETS}, "Spans at most; 60."),
}
FACETS_ARGUMENTS: Mapping[str, tuple[Schema, str]] = {
    **COUNTS_ARGUMENTS,
    "field": (TEXT, "event_type, outcome, and keys or names of text traits, with commas between them."),
    "size": ({"type": "integer", "minimum": 1, "maximum": counting.MOST_SIZE}, "Values of each field at most; 10."),
}
HISTOGRAM_PARAMETERS = tuple(_parameter(name, *of) for name, of in HISTOGRAM_ARGUMENTS.items())
FACETS_PARAMETERS = tuple(_parameter(name, *of) for name, of in FACETS_ARGUMENTS.items())
COUNT_LINES: Schema = {"type": "string", "description": "A row on each line."}

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


def _counts(operation_id: str, schema: str, parameters: tuple[Mapping[str, Any], ...]) -> Operation:
    others = {LINES[0]: COUNT_LINES, CSV: TEXT}
    return Operation(operation_id, ref(schema), others=others, parameters=parameters, refusals=BY_NAME)


def _search(operation_id: str) -> Operation:
    return Operation(
        operation_id,
        ref("FoundEvents"),
        others={CLOUDEVENTS: array(ref("CloudEvent")), LINES[0]: EVENT_LINES, CSV: {"type": "string"}},
        parameters=SEARCH_PARAMETERS,
        refusals=(*BY_NAME, HTTPStatus.REQUEST_URI_TOO_LONG),
    )


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
        refusals=(*WITH_BODY, HTTPStatus.REQUEST_URI_TOO_LONG),
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
    ("/v2/search/events", "get"): _search("search_events"),
    ("/v2/search/histogram", "get"): _counts("count_events_by_time", "Histogram", HISTOGRAM_PARAMETERS),
    ("/v2/search/facets", "get"): _counts("count_events_by_value", "Facets", FACETS_PARAMETERS),
    ("/v2/search/operations", "get"): Operation(
        "search_operations",
        ref("FoundOperations"),
        parameters=OPERATIONS_PARAMETERS,
        refusals=BY_NAME,
    ),
    ("/v2/search/freshness", "get"): Operation(
        "get_freshness",
        ref("Freshness"),
        parameters=(_parameter("all_projects", BOOLEAN, "Tell of all projects, and of each service."),),
        refusals=READ,
    ),
    ("/v2/resources/{resource_id}/events", "get"): _search("list_resource_events"),
    ("/v2/requests/{request_id}/events", "get"): _search("list_request_events"),
    ("/v2/event_types", "get"): Operation("list_event_types", array({"type": "string"}), refusals=READ),
    ("/v2/event_types/{event_type}/traits", "get"): Operation(
        "list_trait_types", array(ref("TraitType")), refusals=BY_NAME
    ),
    ("/v2/event_types/{event_type}/traits/{name}", "get"): Operation(
        "list_traits", array(ref("Trait")), refusals=BY_NAME
    ),
}
