"""`kubectl panko` as people run it: a real kubectl finds the built file on its PATH."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rendering import kubectl_plugin

SECONDS = 330  # more than any command is told to wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run has come to."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Plugin:
    """The plug-in, for one namespace."""

    def __init__(self, folder: Path, kubectl: Path, *, kubeconfig: Path, namespace: str) -> None:
        kubectl_plugin.write(folder)
        self._program = folder / "kubectl"
        self._program.write_text(f'#!/bin/sh\nexec {shlex.quote(str(kubectl))} "$@"\n')
        self._program.chmod(0o755)
        self.namespace = namespace
        path = f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin"
        self.environment = {"PATH": path, "HOME": str(folder), "KUBECONFIG": str(kubeconfig)}

    def __call__(self, *words: str) -> Answer:
        """Run `kubectl panko` in the namespace."""
        return self.kubectl("panko", *words, "--namespace", self.namespace)

    def kubectl(self, *words: str) -> Answer:
        """Run kubectl."""
        return self._run([str(self._program), *words])

    def shell(self, text: str, *, programs: Path | None = None) -> Answer:
        """Run what the plug-in has printed; what is in `programs` is found first."""
        before = f"{programs}:" if programs else ""
        return self._run(["sh", "-c", text], PATH=f"{before}{self.environment['PATH']}")

    @contextmanager
    def opened(self, name: str) -> Iterator[str]:
        """Have `open` run, and yield the URL that it prints."""
        argv = [str(self._program), "panko", "open", name, "--no-browser", "--namespace", self.namespace]
        with subprocess.Popen(
            argv, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield (process.stdout.readline() if process.stdout else "").strip()
            finally:
                process.terminate()

    def _run(self, argv: list[str], **environment: str) -> Answer:
        done = subprocess.run(
            argv,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)
