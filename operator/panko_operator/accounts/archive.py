"""The key of the bucket to which the expirer writes events: an id and a secret, from the Secret that the spec names."""

from typing import Final

from panko_operator.accounts.secrets import Reader
from panko_operator.errors import InputError
from panko_operator.passes.context import Context
from panko_operator.world.values import Login

_KEYS: Final = ("access_key_id", "secret_access_key")


def required(context: Context) -> None:
    """Raise InputError with what to do unless the key, and the authority's certificates, are there."""
    s3 = context.panko.spec.retention.s3
    if s3 is None:
        return
    reader = Reader(context, patient=True)
    reader.required(s3.secret_name, _KEYS, whose="the archive")
    if s3.ca:
        reader.required(s3.ca.name, (s3.ca.key,), whose="the archive")
    reader.require_all()


def key(context: Context) -> Login | None:
    """Return the key; None where it cannot be read, which the step of the expirer tells."""
    s3 = context.panko.spec.retention.s3
    if s3 is None:
        return None
    try:
        return Login(*Reader(context).required(s3.secret_name, _KEYS))
    except InputError:
        return None
