"""The Secrets that keep generated logins and keys.

Pure: the values come from the caller, who wrote them down here before using them anywhere.
"""

import base64
from collections.abc import Mapping

from panko_operator.resource import Panko
from panko_operator.world import Manifest


def secret(panko: Panko, name: str, data: Mapping[str, str]) -> Manifest:
    """Build a Secret of the resource from plain values; `name` is one of the resource's names."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": panko.metadata(name, "credentials"),
        "type": "Opaque",
        "data": encode(data),
    }


def encode(data: Mapping[str, str]) -> dict[str, str]:
    """Write values as the `data` of a Secret."""
    return {key: base64.b64encode(value.encode()).decode("ascii") for key, value in data.items()}
