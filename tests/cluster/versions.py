"""The versions of everything the cluster is made of, in one table; it does nothing."""

from typing import Final

KUBERNETES: Final = "1.37.2"
KUBECTL: Final = "1.37.1"
HELM: Final = "3.21.4"
COREDNS: Final = "1.14.7"
ACTIONLINT: Final = "1.7.12"
KWOK: Final = "0.8.0"
VICTORIALOGS: Final = "1.52.1"
GO_MINIMUM: Final = (1, 26)
DEBIAN_SUITE: Final = "bookworm"
