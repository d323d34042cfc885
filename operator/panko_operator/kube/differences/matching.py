"""Whether a live value holds what a manifest wants of it, however the API server writes it. Pure."""

from typing import Any

from kubernetes.utils.quantity import parse_quantity

from panko_operator.world import Manifest


def is_found(wanted: Any, live: Any) -> bool:
    """Tell whether every field of the one is found in the other."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(_found_in(wanted[key], live, key) for key in wanted)
    if isinstance(wanted, list) and any(isinstance(item, dict) for item in wanted):
        return isinstance(live, list) and all(any(is_found(item, other) for other in live) for item in wanted)
    return bool(wanted == live) or _same_quantity(wanted, live)


def _found_in(wanted: Any, live: Manifest, key: str) -> bool:
    if key not in live:
        return not wanted  # the API server leaves empty and zero values out
    return is_found(wanted, live[key])


def _same_quantity(wanted: Any, live: Any) -> bool:
    """Tell whether two texts are one quantity: the API server stores 1000m as 1."""
    if not isinstance(wanted, str | int | float) or not isinstance(live, str):
        return False
    try:
        return bool(parse_quantity(wanted) == parse_quantity(live))
    except (ValueError, ArithmeticError):
        return False
