"""The README of the chart: its values as a table, made of the comments in values.yaml."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from rendering import chart

PATH: Final = chart.PATH / "README.md"
_LINE: Final = re.compile(r"(?P<indent> *)(?P<key>\w+):(?P<value> .*)?$")
_WHOLE: Final = frozenset({"resources"})  # one value in Kubernetes' own terms, whatever is in it
_TEXT: Final = """# panko-operator

Runs the [Panko event API](../../README.md) for OpenStack from one resource of kind `Panko`.
[Install](../../docs/install.md) has every step from the images to the first event; `helm install` prints them too.

```console
helm upgrade --install panko-operator charts/panko-operator --namespace panko-system --create-namespace
```

The definition of the resource is a template of the chart: an upgrade brings it, an uninstall keeps it.
`helm uninstall` refuses while there are Pankos, and `helm test` asks each of them.

## Values
Every value has a schema: a misspelt or impossible one is refused, by its name, before anything is changed.

| value | default | meaning |
| --- | --- | --- |
"""


def text() -> str:
    """Return the README."""
    rows = (f"| `{path}` | `{json.dumps(value)}` | {meaning} |" for path, value, meaning in rows_of_values())
    return _TEXT + "\n".join(rows) + "\n"


def rows_of_values() -> Iterator[tuple[str, Any, str]]:
    """Yield path, default and meaning of each value. One without words of its own has those of the value before."""
    source = (chart.PATH / "values.yaml").read_text()
    values = yaml.safe_load(source)
    above: list[str] = []  # the keys that hold the present line
    said: dict[int, str] = {}  # the words that hold at each depth
    words: list[str] = []
    for line in source.splitlines():
        found = _LINE.match(line)
        if line.lstrip().startswith("#"):
            words.append(line.lstrip("# "))
        elif not line:
            words = []
        elif found is not None:
            depth = len(found["indent"]) // 2
            above[depth:] = [found["key"]]
            said = {known: text for known, text in said.items() if known <= depth}
            if words:
                said[depth] = " ".join(words)
            words = []
            is_value = found["value"] or found["key"] in _WHOLE
            if is_value and not _WHOLE & set(above[:-1]):
                yield ".".join(above), _value(values, above), said.get(depth) or said[depth - 1]


def _value(values: Any, path: list[str]) -> Any:
    for key in path:
        values = values[key]
    return values
