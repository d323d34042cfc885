"""Regenerate what is made of something else, for `make manifests`."""

import shutil
import tempfile
from pathlib import Path

from rendering import argocd, artifact_hub, chart, dashboards, manifests, service_options, values_table, version

version.write()
service_options.write()
argocd.write()
artifact_hub.write()
dashboards.PATH.write_text(dashboards.text())
values_table.PATH.write_text(values_table.text())
shutil.copyfile(chart.CRD, chart.CRD_IN_CHART)
with tempfile.TemporaryDirectory() as workdir:
    for name, text in manifests.files(Path(workdir)).items():
        (manifests.PATH / name).write_text(text)
