"""A browser in the network of a pod: it reaches what pods reach, by the names that they have.

In the machine's own network a page may break off (ERR_NETWORK_CHANGED) when a pod comes or goes, since an interface
does so with it. In a pod's none does, and there is nothing to take away afterwards.
"""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from live import processes
from live.cluster import Manifest
from live.resource import Panko
from servers.chromium import chromium
from servers.database_server import program


@contextmanager
def beside(pod: Manifest, panko: Panko, folder: Path) -> Iterator[Browser]:
    """Start a browser that reaches a Panko as a pod does. Playwright speaks to it by pipes, across networks."""
    words = [program("nsenter"), f"--net={processes.network_of(pod)}", program("chromium")]
    starter = folder / "chromium"
    starter.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    starter.chmod(0o755)
    service = panko.cluster.get("service", panko.name, panko.namespace) or {}
    # The cluster's DNS is in the files of a pod, and the browser has those of the machine.
    known = f"MAP {urlsplit(panko.url).hostname} {service['spec']['clusterIP']}"
    with chromium(f"--host-resolver-rules={known}", starter=starter) as browser:
        yield browser
