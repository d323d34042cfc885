"""The keys that encrypt sessions: a file, in which a new one comes first and an old one stays until nobody needs it."""

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from panko.errors import ConfigurationError
from panko.rereading import Reread


class Keys:
    """The keys of a file, which is read again when it changes."""

    def __init__(self, path: str) -> None:
        self._file = Reread(path, read)

    def sealed(self, content: bytes) -> str:
        """Encrypt something."""
        return self._file.current().encrypt(content).decode()

    def opened(self, text: str, *, seconds: int) -> bytes | None:
        """Return what was encrypted at most so long ago; None when it is anything else."""
        try:
            return self._file.current().decrypt(text.encode(), ttl=seconds)
        except (InvalidToken, UnicodeEncodeError):
            return None


def read(path: Path) -> MultiFernet:
    """Read the keys of a file; raise ConfigurationError for what is none."""
    try:
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is no text of ASCII" if isinstance(error, UnicodeDecodeError) else error
        raise ConfigurationError(f"[explorer] session_keys_file {path} cannot be read: {reason}.") from error
    if not lines:
        raise ConfigurationError(f"[explorer] session_keys_file {path} has no key; write one into it.")
    keys = []
    for number, line in enumerate(lines, start=1):
        try:
            keys.append(Fernet(line))
        except ValueError:
            message = f"{path}: key {number} is not 32 bytes in URL-safe base64; make it with `openssl rand "
            raise ConfigurationError(f"{message}-base64 32 | tr +/ -_`.") from None
    return MultiFernet(keys)
