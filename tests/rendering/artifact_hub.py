"""What Artifact Hub shows of the chart: annotations of Chart.yaml, made of what they tell about.

Those of the kind are in the repository. Images, links and changes are those of a release, and come with it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from fakes import crd
from rendering import chart, programs, version

CHART: Final = chart.PATH / "Chart.yaml"
CAPABILITIES: Final = "Deep Insights"
_PREFIX: Final = "artifacthub.io/"
_KINDS: Final = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}  # the hub's, in small letters
_LONGEST: Final = 200  # characters of a change


def write() -> None:
    """Regenerate the annotations of the chart."""
    CHART.write_text(annotated(CHART.read_text(), of_the_kind()))


def annotated(text: str, annotations: Mapping[str, str]) -> str:
    """Return the text of a Chart.yaml with other annotations, which are its last part."""
    named = {f"{_PREFIX}{name}": value for name, value in annotations.items()}
    return text.partition("annotations:")[0] + _dump({"annotations": named})


def of_the_kind() -> dict[str, str]:
    """Return what is told of every version."""
    definition = crd.definition()["spec"]
    (served,) = definition["versions"]
    about = {
        "kind": definition["names"]["kind"],
        "version": served["name"],
        "name": f"{definition['names']['plural']}.{definition['group']}",
        "displayName": definition["names"]["kind"],
        "description": served["schema"]["openAPIV3Schema"]["description"],
    }
    return {
        "license": "Apache-2.0",
        "operator": "true",
        "operatorCapabilities": CAPABILITIES,
        "category": "monitoring-logging",
        "crds": _dump([about]),
        "crdsExamples": _dump([crd.sample("minimal"), crd.sample("ha")]),
    }


def of_a_release(values: Mapping[str, Any], source: str) -> dict[str, str]:
    """Return what is told of one version beside that; `source` is the address of the repository."""
    told = list(changes())
    tag = version.semantic(version.current())
    there = f"{source}/blob/v{tag}"
    links = {"Source": source, "Documentation": f"{there}/docs/index.md", "Changes": f"{there}/CHANGELOG.md"}
    return {
        **of_the_kind(),
        "images": _dump([{"name": name, "image": image} for name, image in _images(values)]),
        "links": _dump([{"name": name, "url": url} for name, url in links.items()]),
        "changes": _dump(told),
        "containsSecurityUpdates": str(any(one["kind"] == "security" for one in told)).lower(),
        "prerelease": str("-" in tag).lower(),
    }


def _images(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "panko-operator", f"{values['image']['repository']}:{version.semantic(version.current())}"
    for name in ("panko", "collector", "haproxy"):
        yield name, values[name]["image"]


def changes() -> Iterator[dict[str, str]]:
    """Yield what the changelog has of the newest version, each by its first sentence and without links."""
    newest = re.split(r"^## ", (programs.REPOSITORY / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1]
    for kind, lines in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", newest, re.MULTILINE | re.DOTALL):
        if kind not in _KINDS:
            raise ValueError(f"CHANGELOG.md: {kind!r} is no kind of change; Artifact Hub knows {sorted(_KINDS)}")
        for line in re.findall(r"^- (.+)$", lines, re.MULTILINE):
            plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
            sentence = re.split(r"(?<=[.;:])\s", plain, maxsplit=1)[0].rstrip(".;:")
            short = sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"
            yield {"kind": kind.lower(), "description": short}


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as one."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _dump(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
