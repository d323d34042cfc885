"""Events of the ledger: made from their number, so that what is stored can be compared with what was sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EVENT_TYPES = ("compute.instance.create.end", "image.upload", "volume.create.end")


def event(message_id: str, number: int) -> dict[str, Any]:
    """Return an event as it is sent. Five follow each other in the same instant."""
    return {
        "message_id": message_id,
        "event_type": EVENT_TYPES[number % len(EVENT_TYPES)],
        "generated": (BEGIN + timedelta(seconds=number // 5)).isoformat(),
        "traits": [["memory_mb", 2, number], ["name", 1, f"instance-{number}"], ["ratio", 3, number / 4]],
        "raw": {"number": number},
    }


def is_whole(shown: dict[str, Any]) -> bool:
    """Tell whether an event that is read has everything that it was sent with."""
    sent = event(shown["message_id"], shown["raw"]["number"])
    values = {trait["name"]: trait["value"] for trait in shown["traits"]}
    return (
        shown["event_type"] == sent["event_type"]
        and f"{shown['generated']}+00:00" == sent["generated"]
        and values == {name: str(value) for name, _, value in sent["traits"]}
        and len(shown["traits"]) == len(sent["traits"])
    )
