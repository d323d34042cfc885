"""What bodies look like, as JSON Schema. Pure: made of the tables that `panko.validation` reads events with."""

from collections.abc import Mapping
from typing import Any

from panko import validation
from panko.api.messages.cloudevents import attributes
from panko.event import TraitType

Schema = Mapping[str, Any]

# As Panko writes it: UTC without a zone, microseconds when there are any.
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$"}
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
