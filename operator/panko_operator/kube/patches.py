"""What is sent to change a Panko as it was read, and no other. Pure."""

from panko_operator.world import Manifest


def finalizers(panko: Manifest, names: list[str]) -> Manifest:
    """Return a merge patch. A list is replaced as a whole, and another controller may have its own in it."""
    return {"metadata": {"resourceVersion": panko["metadata"]["resourceVersion"], "finalizers": names}}


def mark(panko: Manifest, key: str, value: str) -> Manifest:
    """Return a merge patch that adds an annotation."""
    return {"metadata": {"resourceVersion": panko["metadata"]["resourceVersion"], "annotations": {key: value}}}


def annotation(panko: Manifest, key: str, value: str | None) -> list[Manifest]:
    """Return a JSON patch that replaces an annotation, or takes it away; it tests nothing else of the Panko."""
    path = f"/metadata/annotations/{key.replace('~', '~0').replace('/', '~1')}"
    change = {"op": "remove"} if value is None else {"op": "replace", "value": value}
    return [{"op": "test", "path": path, "value": panko["metadata"]["annotations"][key]}, {**change, "path": path}]
