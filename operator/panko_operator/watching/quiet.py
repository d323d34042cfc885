"""What kopf says of kinds that a cluster need not have: nothing.

Pure. Kopf asks for the definition of every kind that it is to watch and does not find, at each change of one; for an
optional kind that is no trouble, and nothing to do.
"""

import logging
from typing import Final

from panko_operator.resource.kinds import KINDS

_COMPLAINT: Final = "Unresolved resources cannot be served"


def is_wanted(record: logging.LogRecord) -> bool:
    """Tell whether a line belongs in the log: all but the complaint that optional kinds alone are not there."""
    text = record.getMessage()
    if not text.startswith(_COMPLAINT):
        return True
    optional = sum(f"group='{kind.group}'" in text and f"'{kind.plural}'" in text for kind in KINDS if kind.optional)
    return text.count("Selector(") != optional
