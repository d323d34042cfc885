"""A CloudEvent whose attributes are headers, and whose data is the body: the binary mode of HTTP.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
"""

import base64
import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from panko.api.messages.cloudevents.attributes import REQUIRED
from panko.api.messages.formats import documents
from panko.validation import Unreadable

PREFIX = "ce-"
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(.)")
NO_HEADERS = frozenset({"data", "data_base64", "datacontenttype"})
JSON_TYPE = re.compile(r"[^/]+/(?:[^;]*\+)?json\s*", re.IGNORECASE)
TEXT_TYPE = re.compile(r"\s*text/[^;]+(?:;\s*charset=\"?(?:utf-8|us-ascii)\"?\s*)?", re.IGNORECASE)


def is_binary(header: Callable[[str], str | None]) -> bool:
    """Tell by single headers whether those of a request are a CloudEvent's: to collect all of them takes longer."""
    return any(header(f"{PREFIX}{name}") is not None for name in REQUIRED)


def read(headers: Mapping[str, str], content_type: str | None, content: bytes) -> dict[str, Any] | Unreadable:
    """Return the CloudEvent in the form that JSON has; names of headers are lower case. Raise UnreadableBodyError."""
    event: dict[str, Any] = {}
    for header, value in headers.items():
        name = header.removeprefix(PREFIX)
        if name == header:
            continue
        if name in NO_HEADERS:
            return Unreadable(f"there is no header {header} in this mode: data is the body, of the Content-Type")
        try:
            event[name] = _value(value)
        except UnicodeError:
            return Unreadable(f"the header {header} is not UTF-8, percent-encoded")
    if content_type:
        event["datacontenttype"] = content_type
    if content:
        event |= _data(content_type or "", content)
    return event


def _value(text: str) -> str:
    """Undo what keeps a value within the characters of a header; WSGI hands its bytes over as Latin-1."""
    quoted = QUOTED.fullmatch(text)
    if quoted:
        text = ESCAPED.sub(r"\1", quoted[1])
    return urllib.parse.unquote_to_bytes(text.encode("latin-1")).decode()


def _data(content_type: str, content: bytes) -> dict[str, Any]:
    if JSON_TYPE.fullmatch(content_type.partition(";")[0].strip()):
        return {"data": documents.parse(content)}
    if TEXT_TYPE.fullmatch(content_type):
        try:
            return {"data": content.decode()}
        except UnicodeDecodeError:
            pass
    return {"data_base64": base64.b64encode(content).decode()}
