"""Puts the description together: from the routes, their responders, the operations and the schemas. Pure."""

import importlib.metadata
import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from panko.api.messages.media import JSON
from panko.api.resources.openapi.operations import OPERATIONS, Operation
from panko.api.resources.openapi.schemas import SCHEMAS, Schema, ref

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
SECURITY = {
    "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": "A token of Keystone."},
    "publisher": {
        "type": "http",
        "scheme": "basic",
        "description": "An account that may POST events and nothing else.",
    },
}
PARAMETER = re.compile(r"{(\w+)}")


def document(routes: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Describe resources by the template of their path. An operation that nobody has described is a KeyError."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OpenStack event API",
            "version": "v2",
            "description": f"Panko {importlib.metadata.version('panko')}: what happened in a cloud.",
        },
        "paths": {template: _path(template, resource) for template, resource in routes},
        "components": {"schemas": SCHEMAS, "responses": _responses(), "securitySchemes": SECURITY},
    }


def _path(template: str, resource: object) -> dict[str, Any]:
    described: dict[str, Any] = {}
    names = PARAMETER.findall(template)
    if names:
        described["parameters"] = [_in_path(name) for name in names]
    for method in METHODS:
        responder = getattr(resource, f"on_{method}", None)
        if responder is not None:
            described[method] = _operation(OPERATIONS[template, method], summary=inspect.getdoc(responder) or "")
    return described


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _operation(operation: Operation, *, summary: str) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.operation_id, "summary": summary.partition("\n")[0]}
    if operation.parameters:
        described["parameters"] = operation.parameters
    if operation.bodies is not None:
        content = {media_type: {"schema": schema} for media_type, schema in operation.bodies.items()}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {str(operation.status.value): _answer(operation)} | {
        str(status.value): _refusal(operation, status) for status in operation.refusals
    }
    if operation.authenticated:
        described["security"] = [{"token": []}, *([{"publisher": []}] if operation.bodies is not None else [])]
    return described


def _answer(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"description": operation.status.phrase}
    if operation.schema is not None:
        offered = {operation.content_type: operation.schema, **operation.others}
        described["content"] = {media_type: {"schema": schema} for media_type, schema in offered.items()}
    return described


def _refusal(operation: Operation, status: HTTPStatus) -> Mapping[str, Any]:
    if operation.authenticated:
        return {"$ref": f"#/components/responses/{_name(status)}"}
    return {"description": status.phrase, **({"content": {operation.content_type: {}}} if operation.schema else {})}


def _responses() -> dict[str, Any]:
    """Describe the faults; a missing or invalid token is refused by Keystone's own filter, in its own words."""
    statuses = sorted({status for operation in OPERATIONS.values() for status in operation.refusals})
    return {_name(status): {"description": status.phrase, "content": _fault(status)} for status in statuses}


def _fault(status: HTTPStatus) -> dict[str, Any]:
    schema: Schema = ref("Fault")
    if status is HTTPStatus.UNAUTHORIZED:
        schema = {"anyOf": [schema, ref("KeystoneFault")]}
    return {JSON: {"schema": schema}, "application/xml": {}}


def _name(status: HTTPStatus) -> str:
    return status.name.title().replace("_", "")
