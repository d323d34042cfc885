"""What a command writes down for the operator: JSON in a file, such as the one that Kubernetes puts into a status."""

import json
from pathlib import Path
from typing import Any


def write(path: str, document: Any) -> str:
    """Write a report, and return what is wrong where that is not possible: what was done stays done."""
    try:
        Path(path).write_text(json.dumps(document), encoding="utf-8")
    except OSError as error:
        return f"--report {path} cannot be written: {error.strerror}."
    return ""
