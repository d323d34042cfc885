"""Dashboards for Grafana as plain values: panels, each of one query, below headings. Pure."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any, Final

LABEL: Final = {"grafana_dashboard": "1"}  # by which Grafana's sidecar finds the ConfigMap
TAGS: Final = ("openstack", "panko")
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """One graph: its title, the query and what its lines are called, and the unit in Grafana's words."""

    title: str
    query: str
    legend: str
    unit: str = "short"


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """Panels below a heading."""

    title: str
    panels: tuple[Panel, ...]


def document(uid: str, title: str, sections: Sequence[Section], places: Mapping[str, str]) -> dict[str, Any]:
    """Build a dashboard; `places` are what `$name` stands for in queries. Its links lead to the others of Panko."""
    variable = {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": uid,
        "title": title,
        "tags": list(TAGS),
        "links": [{"type": "dashboards", "title": "Panko", "tags": ["panko"], "asDropdown": True, "keepTime": True}],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [variable]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(_placed(sections, places), start=1)],
    }


def _placed(sections: Iterable[Section], places: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield headings and graphs, each with its place below what came before."""
    y = 0
    for section in sections:
        place = {"x": 0, "y": y, "w": _COLUMNS * _WIDTH, "h": 1}
        yield {"type": "row", "title": section.title, "collapsed": False, "panels": [], "gridPos": place}
        y += 1
        for number, panel in enumerate(section.panels):
            row, column = divmod(number, _COLUMNS)
            position = {"x": column * _WIDTH, "y": y + row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
            yield {**_graph(panel, places), "gridPos": position}
        y += -(-len(section.panels) // _COLUMNS) * _HEIGHT


def _graph(panel: Panel, places: Mapping[str, str]) -> dict[str, Any]:
    expression = Template(panel.query).substitute(places)
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": panel.legend}],
    }
