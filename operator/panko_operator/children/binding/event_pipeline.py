"""An `event_pipeline.yaml` that has ceilometer's notification agent post events to Panko. Pure.

Ceilometer takes the options out of the URL. One publisher in one sink: with a second one it would never have a
notification delivered again.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import yaml

from panko_operator.children.binding.address import Address

FOLDER: Final = "/etc/ceilometer/panko"  # of the agent's host or pod, where the Secret is mounted
AUTHORITY: Final = f"{FOLDER}/ca.crt"

# The API answers within these seconds whatever becomes of the database; with fewer, ceilometer gives up first.
_TIMEOUT_SECONDS: Final = 20
_CONNECT_RETRIES: Final = 5  # at once and without a pause; what a pod refuses that ends, another one takes
_EVERYTHING: Final = ("*",)

_ADVICE: Final = """\
# For ceilometer's notification agent: [DEFAULT] event_pipeline_cfg_file names this file. Set [notification]
# ack_on_event_error = false as well, or events are lost whenever Panko cannot be reached.
"""


def text(address: Address, *, username: str, password: str, event_types: Sequence[str]) -> str:
    """Write the file; an account that is confined to event types is sent those alone."""
    pipeline = {
        "sources": [{"name": "event_source", "events": list(event_types or _EVERYTHING), "sinks": ["event_sink"]}],
        "sinks": [{"name": "event_sink", "publishers": [_publisher(address, username, password)]}],
    }
    return _ADVICE + yaml.safe_dump(pipeline, sort_keys=False, width=4096)


def _publisher(address: Address, username: str, password: str) -> str:
    options = {"timeout": str(_TIMEOUT_SECONDS), "max_retries": str(_CONNECT_RETRIES)}
    if address.authority:
        options["verify_ssl"] = AUTHORITY
    return f"{address.with_login(username, password)}?{urlencode(options, safe='/')}"
