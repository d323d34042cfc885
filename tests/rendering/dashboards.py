"""The dashboard of the operator, which the chart brings: made of the operator's own panels.

The release is known to Helm alone, so the file has words in its place that the template replaces.
"""

import json
from typing import Final

from rendering import chart, fleet

PATH: Final = chart.PATH / "files" / "dashboard.json"
UID: Final = "@uid@"
RELEASE: Final = "@release@"
PODS: Final = "@pods@"


def text() -> str:
    """Return the file."""
    return json.dumps(fleet.document(UID, f"Panko operator {RELEASE}", pods=PODS), indent=1) + "\n"
