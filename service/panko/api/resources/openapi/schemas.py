"""What bodies look like, as JSON Schema. Pure: made of the tables that `panko.validation` reads events with."""

from collections.abc import Mapping
from typing import Any

from panko import validation
from panko.api.messages.cloudevents import attributes
from panko.event import TraitType
from panko.stories import State

Schema = Mapping[str, Any]

# As Panko writes it: UTC without a zone, microseconds when there are any.
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$"}
NO_TIME: Schema = {"anyOf": [TIME, {"type": "null"}]}
TRAIT_TYPE: Schema = {"type": "string", "enum": [type_.api_name for type_ in TraitType]}


def ref(name: str) -> Schema:
    """Point to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object that has these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def array(items: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items}


def _text(length: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": length}


def _posted_trait(dtype: int) -> Schema:
    """Describe `[name, dtype, value]`."""
    _type, _read, value = validation.VALUES[dtype]
    parts = [_text(validation.TRAIT_NAME_LENGTH), {"type": "integer", "const": dtype}, value]
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}


_POSTED: Mapping[str, Schema] = {
    "message_id": _text(validation.MESSAGE_ID_LENGTH),
    "event_type": _text(validation.EVENT_TYPE_LENGTH),
    "generated": {"type": "string", "description": validation.TIME_FORMAT},
    "traits": {
        "type": ["array", "null"],
        "items": {"anyOf": [_posted_trait(dtype) for dtype in range(len(validation.VALUES))]},
        "description": "[name, dtype, value]; a name may occur once per type.",
    },
    "raw": {"description": "Any JSON."},
    "message_signature": {"description": "Allowed, and not kept."},
}

_CLOUDEVENT: Mapping[str, Schema] = {
    "specversion": {"type": "string", "const": attributes.VERSION},
    "id": {"type": "string", "minLength": 1},
    "source": {"type": "string", "minLength": 1, "format": "uri-reference"},
    "type": {"type": "string", "minLength": 1},
    "time": {"type": "string", "format": "date-time", "description": "Must be there when it is posted."},
    "data": {},
    "data_base64": {"type": "string"},
}

# Of the answers to searches.
NEXT: Schema = {"type": ["string", "null"], "description": "The cursor to go on with; null when nothing is left."}
NO_RATE: Schema = {"type": ["number", "null"], "description": "Events of the last minutes, by their own time."}
FRESH_SERVICE: Schema = record({"service": {"type": "string"}, "newest": TIME, "events_per_minute": NO_RATE})
SCANNED: Schema = record({"from": NO_TIME, "to": NO_TIME})
COUNT: Schema = {"type": "integer", "minimum": 0}
COUNTED_SCANNED: Schema = record({"from": NO_TIME, "to": NO_TIME, "events": COUNT})
ALL_COUNTED: Schema = {"type": "boolean", "description": "Whether all events were counted, and not the newest alone."}

SCHEMAS: Mapping[str, Schema] = {
    "Trait": record({"name": {"type": "string"}, "value": {"type": "string"}, "type": TRAIT_TYPE}),
    "TraitType": record({"type": TRAIT_TYPE, "name": {"type": "string"}}),
    "Event": record(
        {
            "message_id": {"type": "string"},
            "event_type": {"type": "string"},
            "traits": array(ref("Trait")),
            "generated": TIME,
            "raw": {},
        }
    ),
    "PostedEvent": record(
        {name: schema for name, schema in _POSTED.items() if name in validation.KNOWN},
        optional=tuple(validation.KNOWN - set(validation.REQUIRED)),
    ),
    "PostedEvents": {"anyOf": [ref("PostedEvent"), array(ref("PostedEvent"))]},
    "CloudEvent": {
        "type": "object",
        "properties": _CLOUDEVENT,
        "required": list(attributes.REQUIRED),
        "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
        "description": "CloudEvents 1.0.",
    },
    "FoundEvents": record(
        {
            "events": array(ref("Event")),
            "next": NEXT,
            "exact": {"type": "boolean", "description": "Whether all of the range was looked at that had to be."},
            "from": NO_TIME,
            "to": NO_TIME,
            "scanned": SCANNED,
        },
        optional=("scanned",),
    ),
    "Operation": record(
        {
            "operation": {"type": "string", "description": "The type of its events, without .start and .end."},
            "state": {"type": "string", "enum": [state.value for state in State]},
            "began": NO_TIME,
            "ended": NO_TIME,
            "seconds": {"type": ["number", "null"], "description": "From its begin to its end, or until now."},
            "sentence": {"type": "string"},
            "resource_id": {"type": ["string", "null"]},
            "request_id": {"type": ["string", "null"]},
            "user_id": {"type": ["string", "null"]},
            "project_id": {"type": ["string", "null"]},
            "message_ids": array({"type": "string"}),
        }
    ),
    "FoundOperations": record(
        {
            "operations": array(ref("Operation")),
            "next": NEXT,
            "exact": {"type": "boolean", "description": "Whether all was looked at that had to be."},
            "scanned": SCANNED,
        },
        optional=("scanned",),
    ),
    "Freshness": record(
        {
            "now": TIME,
            "newest": NO_TIME,
            "oldest": NO_TIME,
            "number": {"type": ["integer", "null"], "description": "Grows with each event that is stored."},
            "events_per_minute": NO_RATE,
            "services": {"anyOf": [array(FRESH_SERVICE), {"type": "null"}], "description": "With all_projects."},
            "kept_days": {"type": ["number", "null"], "description": "How long events are kept; null when not told."},
        }
    ),
    "Bar": record(
        {
            "from": TIME,
            "to": TIME,
            "count": COUNT,
            "counts": {"type": "object", "additionalProperties": COUNT, "description": "By the names of the series."},
        },
        optional=("counts",),
    ),
    "Histogram": record(
        {
            "histogram": array(ref("Bar")),
            "width": {"type": "string", "description": "The length of a span, such as 5m or 1d."},
            "series": array({"type": "string"}),
            "total": COUNT,
            "exact": ALL_COUNTED,
            "from": TIME,
            "to": TIME,
            "scanned": COUNTED_SCANNED,
        },
        optional=("scanned",),
    ),
    "Facet": record(
        {
            "field": {"type": "string"},
            "values": array(
                record({"value": {"type": "string"}, "count": COUNT, "filter": {"type": "string"}}),
            ),
            "more": {"type": "boolean", "description": "Whether there are more values than these."},
            "exact": ALL_COUNTED,
            "scanned": COUNTED_SCANNED,
        },
        optional=("scanned",),
    ),
    "Facets": record(
        {"facets": array(ref("Facet")), "exact": ALL_COUNTED, "from": NO_TIME, "to": NO_TIME},
    ),
    "Recorded": record(
        {name: {"type": "integer", "minimum": 0, "format": "int64"} for name in ("created", "duplicates")}
    ),
    "Fault": record(
        {
            "error_message": record(
                {
                    "faultcode": {"type": "string", "enum": ["Client", "Server"]},
                    "faultstring": {"type": "string"},
                    "debuginfo": {"type": "null"},
                }
            )
        }
    ),
    "KeystoneFault": record(
        {"error": record({"code": {"type": "integer"}, "title": {"type": "string"}, "message": {"type": "string"}})}
    ),
}
