"""A believable week of a small cloud: for trying Panko out, for documentation and for tests.

Pure but for `command`: the same seed and end are the same events, on every machine.
"""

from panko_client.demo.planted import Planted
from panko_client.demo.week import Week, week

__all__ = ("Planted", "Week", "week")
