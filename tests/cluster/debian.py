"""Where this machine gets its Debian packages from, read from its own apt; used in builds, kept in no image."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import command
from errors import ClusterError
from versions import DEBIAN_SUITE

_APT = Path("/etc/apt")
_NETWORK_KEYS = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")


@dataclass(frozen=True, slots=True)
class Source:
    """One place that packages come from."""

    uri: str
    suite: str
    components: str


def sources() -> list[Source]:
    """List the machine's sources of our suite; PANKO_DEBIAN_MIRROR stands in on a machine that is no Debian 12."""
    if "PANKO_DEBIAN_MIRROR" in os.environ:
        return [Source(os.environ["PANKO_DEBIAN_MIRROR"], DEBIAN_SUITE, "main")]
    found = [source for source in (*_one_line(), *_deb822()) if source.suite.startswith(DEBIAN_SUITE)]
    if not found:
        raise ClusterError(f"this machine's apt names no {DEBIAN_SUITE}: set PANKO_DEBIAN_MIRROR to a Debian mirror.")
    return found


def mirror() -> str:
    """Return the URI that has the suite itself (not its updates)."""
    return next(source.uri for source in sources() if source.suite == DEBIAN_SUITE)


def write(directory: Path) -> None:
    """Write `sources.list` and `apt.conf` for a build: the machine's mirrors, proxies and certificates."""
    lines = [f"deb {source.uri} {source.suite} {source.components}\n" for source in sources()]
    (directory / "sources.list").write_text("".join(lines))
    settings = command.output(("apt-config", "dump")).splitlines(keepends=True)
    (directory / "apt.conf").write_text("".join(line for line in settings if line.startswith(_NETWORK_KEYS)))


def _one_line() -> Iterator[Source]:
    for file in (_APT / "sources.list", *sorted((_APT / "sources.list.d").glob("*.list"))):
        for line in file.read_text().splitlines() if file.exists() else ():
            words = [word for word in line.split("]")[-1].split() if word != "deb"]
            if line.startswith("deb ") and len(words) >= 3:
                yield Source(words[0], words[1], " ".join(words[2:]))


def _deb822() -> Iterator[Source]:
    for file in sorted((_APT / "sources.list.d").glob("*.sources")):
        for stanza in file.read_text().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and line[0] not in "# ")
            if "deb" in fields.get("Types", "").split():
                for suite in fields["Suites"].split():
                    yield Source(fields["URIs"].split()[0], suite, fields.get("Components", "main"))
