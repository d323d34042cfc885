"""Copies of manifests: they are dicts, lists and what does not change, which is copied several times as fast so."""


def copied(value):
    """Return a copy that shares no dict and no list with what it was made of."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    if isinstance(value, list):
        return [copied(one) for one in value]
    return value
