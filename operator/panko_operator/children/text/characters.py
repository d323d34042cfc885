"""Characters that no text of a user may hold: what one reader takes for the end of a line is none for another. Pure."""

import re

# All control characters but the line feed and the tabulator, and Unicode's own ends of lines.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def forbidden(text: str) -> tuple[int, str] | None:
    """Return the line and the name of the first such character, as in U+000D; None when there is none."""
    found = FORBIDDEN.search(text)
    if found is None:
        return None
    return text.count("\n", 0, found.start()) + 1, f"U+{ord(found.group()):04X}"
