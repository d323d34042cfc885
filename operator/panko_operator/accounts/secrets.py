"""Reading the Secrets that people provide, and keeping those that are generated.

What is generated is written down before it is used anywhere: a pass that dies in between finds it again.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence

from panko_operator.children import credentials
from panko_operator.errors import InputError, NotAllowedError, SecretMissingError
from panko_operator.passes.context import Context
from panko_operator.tenancy import SECRET_LABEL
from panko_operator.world import Manifest

_OF = ".."  # between the name and the key of a Secret; neither a name nor a key of ours has two dots in a row


class Reader:
    """Reads what people's Secrets say, and remembers all of it in `read`: the copy for a deletion holds the same.

    One that is `patient` reads what is missing as empty, so that all of it can be told together by `require_all`.
    """

    def __init__(self, context: Context, *, patient: bool = False) -> None:
        self.context = context
        self.read: dict[str, str] = {}
        self.missing: list[str] = []
        self._patient = patient

    def required(
        self, name: str, keys: tuple[str, ...], *, optional: tuple[str, ...] = (), whose: str = ""
    ) -> tuple[str, ...]:
        """Return the values of keys of a Secret that somebody has to provide; raise InputError with what to do.

        The values of `optional` keys follow, empty where there are none. `whose` they are is said where they miss.
        """
        for_whom = f", for {whose}" if whose else ""
        live = self._live(name, keys, for_whom)
        values = [decoded(live, key) for key in keys]
        absent = [key for key, text in zip(keys, values, strict=True) if not text]
        if live and absent:
            self._miss(f"Secret {name} has no key {_listed(absent)}; add {'them' if absent[1:] else 'it'}{for_whom}.")
        self.read |= {copied_key(name, key): text for key, text in zip(keys, values, strict=True) if text}
        return (*values, *(decoded(live, key) for key in optional))

    def require_all(self) -> None:
        """Raise SecretMissingError with all that a patient reader missed."""
        if self.missing:
            raise SecretMissingError(" ".join(self.missing))

    def _miss(self, message: str) -> None:
        self.missing.append(message)
        if not self._patient:
            self.require_all()

    def _live(self, name: str, keys: tuple[str, ...], for_whom: str) -> Manifest:
        context = self.context
        live = context.get("v1", "Secret", name)
        if live is None and "deletionTimestamp" in context.body["metadata"]:
            live = _copy(context, name)
        if live is None:
            namespace = context.panko.namespace
            self._miss(f"Secret {name} does not exist; create it in {namespace} with {_listed(keys)}{for_whom}.")
            return {}
        if not context.world.tenancy.allows_secret(live["metadata"].get("labels", {})):
            raise NotAllowedError(
                f"Secret {name} may not be used by a Panko here; label it {SECRET_LABEL}=true if it is meant for that."
            )
        return live


def _listed(keys: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(keys[:-1]), keys[-1])))


def _copy(context: Context, name: str) -> Manifest | None:
    """Return a Secret as it was when it was read last; a namespace that is deleted takes the Secret itself first."""
    copy = context.child("v1", "Secret", context.panko.cleanup_name) or {}
    data = {key.partition(_OF)[2]: value for key, value in copy.get("data", {}).items() if key.startswith(name + _OF)}
    return {"metadata": {**copy["metadata"], "name": name}, "data": data} if data else None


def kept(context: Context, name: str, make: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """Return the values of one of our Secrets; make and write those that are missing."""
    live = context.child("v1", "Secret", name) or {}
    if live:
        context.keep(live)
    found = {key: decoded(live, key) or generate() for key, generate in make.items()}
    if any(not decoded(live, key) for key in make):
        store(context, name, {**values(live), **found})
    return found


def every(context: Context, name: str) -> dict[str, str]:
    """Return all values of one of our Secrets, or of its copy when it is gone."""
    return values(context.owned("v1", "Secret", name) or _copy(context, name) or {})


def copied_key(name: str, key: str) -> str:
    """Return what a key of a Secret is called in the copy for a deletion."""
    return f"{name}{_OF}{key}"


def store(context: Context, name: str, data: Mapping[str, str], *, read: Manifest | None = None) -> None:
    """Write one of our Secrets; nothing is sent when it says so already.

    `read` is the Secret that the data were made of, where others write into it too: raise ChangedMeanwhileError when
    somebody has since, for what they wrote would be undone without a word.
    """
    manifest = credentials.secret(context.panko, name, data)
    version = (read or {}).get("metadata", {}).get("resourceVersion")
    if version is not None:
        manifest = {**manifest, "metadata": {**manifest["metadata"], "resourceVersion": version}}
    context.apply(manifest)


def decoded(live: Manifest, key: str) -> str:
    """Return the text of a key of a live Secret, empty when it is not there; raise InputError for what is no text."""
    try:
        return base64.b64decode(live.get("data", {}).get(key, "")).decode()
    except (binascii.Error, UnicodeDecodeError):
        name = live["metadata"]["name"]
        raise InputError(f"Key {key} of Secret {name} is not text; write it again.") from None


def values(live: Manifest) -> dict[str, str]:
    """Return the texts of all keys of a Secret."""
    return {key: decoded(live, key) for key in live.get("data", {})}
