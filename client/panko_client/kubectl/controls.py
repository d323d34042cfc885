"""Control characters in what the cluster says: a terminal would act on them. Pure."""

from typing import Any, Final

_NOBODYS: Final = {code: "�" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(code) != "\n"}


def harmless(value: Any) -> Any:
    """Return a text, or a document, of which no text has a control character but the end of a line."""
    if isinstance(value, str):
        return value.translate(_NOBODYS)
    if isinstance(value, dict):
        return {key: harmless(inner) for key, inner in value.items()}
    return [harmless(inner) for inner in value] if isinstance(value, list) else value
