"""The one version, which `service/pyproject.toml` has, and the places that repeat it: `make manifests` writes them.

Python spells it 11.0.0.dev0, the chart and the tags of images 11.0.0-dev, because Helm wants Semantic Versioning.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Final

from rendering import programs

SOURCE: Final = programs.REPOSITORY / "service" / "pyproject.toml"
_SPELLINGS: Final = {"": "", ".dev": "-dev", "a": "-alpha.", "b": "-beta.", "rc": "-rc."}


@dataclass(frozen=True, slots=True)
class Place:
    """A file that repeats the version, and the pattern around it; `python` is the spelling."""

    file: str
    pattern: str
    python: bool = False

    def rewritten(self, text: str, version: str) -> str:
        """Return the text of the file with this version."""
        wanted = version if self.python else semantic(version)
        answer, count = re.subn(self.pattern, rf"\g<1>{wanted}", text, flags=re.MULTILINE)
        if not count:
            raise ValueError(f"{self.file} has no {self.pattern}: it repeated the version, say where it does now")
        return answer


PLACES: Final = (
    Place("operator/pyproject.toml", r'^(version = ")[^"]+', python=True),
    Place("client/pyproject.toml", r'^(version = ")[^"]+', python=True),
    Place("client/panko_client/kubectl/version.py", r'^(VERSION: Final = ")[^"]+', python=True),
    Place("deploy/krew/panko.yaml", r"(version: v|/download/v)[\w.-]+"),
    Place("charts/panko-operator/Chart.yaml", r"^((?:version|appVersion): ).+"),
    Place("docs/install.md", r"(registry\.example/panko(?:-operator)?:)[\w.-]+"),
)


def current() -> str:
    """Return the version as Python spells it."""
    return str(tomllib.loads(SOURCE.read_text())["project"]["version"])


def semantic(version: str) -> str:
    """Return the version as the chart and the tags of images spell it."""
    found = re.fullmatch(r"(\d+\.\d+\.\d+)(?:(\.dev|a|b|rc)(\d+))?", version)
    if found is None:
        raise ValueError(f"{version!r} is not of the form 11.0.0, 11.0.0rc1 or 11.0.0.dev0: write it so in {SOURCE}")
    release, kind, number = found.groups(default="")
    return f"{release}{_SPELLINGS[kind]}{'' if kind == '.dev' else number}"


def write() -> None:
    """Bring the version of SOURCE to every place that repeats it."""
    for place in PLACES:
        path = programs.REPOSITORY / place.file
        path.write_text(place.rewritten(path.read_text(), current()))


if __name__ == "__main__":
    print(semantic(current()))
