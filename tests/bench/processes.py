"""What processes of a benchmark take, as the kernel and they themselves tell it."""

import contextlib
import os
import re
import time
import urllib.request
from collections import Counter
from pathlib import Path

from servers.panko_operator import Operator


class Watched(Operator):
    """The operator's process, with its figures."""

    def memory_mib(self) -> float:
        """Return the most memory that was resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0

    def cpu_seconds(self) -> float:
        """Return the processor time since its start."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def figures(self) -> str:
        """Return what it tells Prometheus."""
        url = f"http://127.0.0.1:{self.settings['METRICS_PORT']}/metrics"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()

    def count(self, name: str) -> int:
        """Return a counter's sum over its labels, 0 before there is any."""
        lines = re.findall(rf"^panko_operator_{name}(?:\{{.*\}})? (\S+)$", self.figures(), re.MULTILINE)
        return int(sum(map(float, lines)))

    def passes(self) -> int:
        """Return how many passes have ended."""
        return self.count("pass_duration_seconds_count")

    def writes(self) -> Counter[str]:
        """Return how many writes the API server has accepted of it, by kind; but for its Lease."""
        found: Counter[str] = Counter()
        for kind, number in re.findall(
            r'^panko_operator_writes_total\{kind="(\w+)".*\} (\S+)$', self.figures(), re.MULTILINE
        ):
            found[kind] += int(float(number))
        del found["Lease"]
        return found


def shares() -> str:
    """Return the processor time of all that this process has started, the most first."""
    found: Counter[str] = Counter()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                name, _, rest = Path(f"/proc/{child}/stat").read_text().partition("(")[2].rpartition(")")
                found[name] += sum(map(int, rest.split()[11:13])) // os.sysconf("SC_CLK_TCK")
    found["this bench"] = int(time.process_time())
    return ", ".join(f"{name} {seconds}" for name, seconds in found.most_common())
