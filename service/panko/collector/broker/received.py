"""A message of the AMQP library as ours. It raises nothing: what cannot be read is to be set aside like all else."""

from typing import Any

from panko.collector.letters import Letter

COMPRESSION = "compression"


def letter_of(message: Any, queue: str) -> Letter:
    """Return a message with its body as it came; nothing of it is decoded."""
    compression = (message.headers or {}).get(COMPRESSION)
    return Letter(
        tag=message.delivery_tag,
        queue=queue,
        body=_bytes(message.body),
        content_type=str(message.properties.get("content_type") or "application/octet-stream"),
        compression=str(compression) if compression else None,
    )


def _bytes(body: Any) -> bytes:
    return body.encode(errors="surrogatepass") if isinstance(body, str) else bytes(body or b"")
