"""Answers that are a few rows of numbers: a JSON document, or the rows alone as CSV and as JSON in lines."""

import csv
import io
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import falcon

from panko.api.messages import media, serialize
from panko.api.messages.formats.tables import guarded

EXACT = "Panko-Exact"
MEDIA = {"json": media.JSON, "ndjson": media.LINES[0], "csv": media.CSV}


def answer(
    request: falcon.Request,
    response: falcon.Response,
    document: Mapping[str, Any],
    *,
    rows: Sequence[Mapping[str, Any]],
    format_: str | None,
) -> None:
    """Write a document; what its rows do not tell, whether they are exact, a header does."""
    media_type = MEDIA[format_] if format_ else request.context.media_type
    response.status = HTTPStatus.OK
    response.content_type = media_type
    if media_type == media.JSON:
        response.data = serialize.dumps(document)
        return
    response.set_header(EXACT, str(document["exact"]).lower())
    response.data = table(rows) if media_type == media.CSV else b"".join(serialize.dumps(row) + b"\n" for row in rows)


def table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write rows of the same columns as CSV; no text is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if rows:
        writer.writerow(guarded(name) for name in rows[0])
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows)
    return text.getvalue().encode()
