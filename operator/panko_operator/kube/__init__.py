"""The Kubernetes boundary: the one package that imports `kubernetes`.

It reads and writes single objects under the operator's field manager and turns the client's errors into ours. It
decides nothing about Panko.
"""

from panko_operator.kube.api import KubeAPI
from panko_operator.kube.cached import CachedKube
from panko_operator.kube.connection import connect
from panko_operator.kube.kinds import PANKO_API
from panko_operator.kube.lease import Lease
from panko_operator.kube.store import Store

__all__ = ["PANKO_API", "CachedKube", "KubeAPI", "Lease", "Store", "connect"]
