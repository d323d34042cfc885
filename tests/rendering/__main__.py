"""Write the plain manifests and the chart's copy of the CRD anew: `make manifests`."""

import shutil
import tempfile
from pathlib import Path

from rendering import chart, manifests

shutil.copyfile(chart.CRD, chart.CRD_IN_CHART)
with tempfile.TemporaryDirectory() as workdir:
    for name, text in manifests.files(Path(workdir)).items():
        (manifests.PATH / name).write_text(text)
