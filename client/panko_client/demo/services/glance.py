"""Glance's notifications: without a context, so the owner is all that they tell of people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from panko_client.demo.cast import Image
from panko_client.demo.notification import Notification, zoned

PUBLISHER: Final = "image.controller-1"


def uploaded(image: Image, at: datetime) -> Iterator[Notification]:
    """Tell of a new image."""
    for action, status, seconds in (("create", "queued", 0), ("update", "saving", 1), ("upload", "active", 34)):
        payload = {
            "id": image.id,
            "name": image.name,
            "owner": image.owner.id,
            "status": status,
            "created_at": zoned(at),
            "deleted_at": None,
            "size": image.size_bytes if status == "active" else None,
        }
        yield Notification(at + timedelta(seconds=seconds), PUBLISHER, f"image.{action}", payload)
