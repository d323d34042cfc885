"""The user's own kubectl as the way to the cluster: its logins, contexts and proxies work as they ever do.

No secret is put on a command line here, and what goes in by standard input is in no list of processes.
"""

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import click

from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import ForbiddenError, KubectlError, NoPankosError, NotFoundError

Manifest = dict[str, Any]
SECONDS: Final = 60.0
FIELD_MANAGER: Final = "kubectl-panko"
_LAST_WORDS_SECONDS: Final = 2.0
_TEXT: Final[Any] = {"encoding": "utf-8", "errors": "replace"}  # a log holds any bytes
_LONGEST: Final = 600  # characters that are told of what kubectl said


@dataclass(frozen=True, slots=True)
class Kubectl:
    """A program, and the options of the user's that go with every call of it."""

    program: str
    options: tuple[str, ...] = ()

    def argv(self, *words: str) -> list[str]:
        """Return a command line."""
        return [self.program, *self.options, *words]

    def text(self, *words: str, stdin: str | None = None, seconds: float = SECONDS) -> str:
        """Run one command to its end and return what it printed; raise KubectlError when it fails."""
        try:
            done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 -- the words are ours, and no shell sees them
                self.argv(*words), input=stdin or "", capture_output=True, check=False, timeout=seconds, **_TEXT
            )
        except subprocess.TimeoutExpired as error:
            raise KubectlError(f"kubectl {words[0]} has not ended within {seconds:.0f} s; try it again.") from error
        except OSError as error:
            raise KubectlError(f"{self.program} cannot be run ({error.strerror}); name another by KUBECTL.") from error
        if done.returncode != 0:
            raise refusal(done.stderr or done.stdout)
        return done.stdout

    def json(self, *words: str) -> Any:
        """Run one command and return the document that it printed; None when it printed nothing."""
        text = self.text(*words, "--output=json")
        return json.loads(text) if text.strip() else None

    def documents(self, *words: str, stdin: str) -> list[Any]:
        """Run one command and return all documents that it printed, one after the other."""
        text = self.text(*words, "--output=json", stdin=stdin).lstrip()
        found, decoder = [], json.JSONDecoder()
        while text:
            document, end = decoder.raw_decode(text)
            found.append(document)
            text = text[end:].lstrip()
        return found

    def get(self, kind: str, name: str, *words: str) -> Manifest | None:
        """Return an object, or None."""
        found: Manifest | None = self.json("get", kind, name, "--ignore-not-found", *words)
        return found

    def items(self, kind: str, *words: str) -> list[Manifest]:
        """Return the objects of one or several kinds."""
        return list((self.json("get", kind, *words) or {}).get("items", ()))

    @contextlib.contextmanager
    def stream(self, *words: str) -> Iterator[IO[str]]:
        """Run a command, and yield what it prints while it runs; it ends with the body.

        What it has to say meanwhile is told at once: it may run for days.
        """
        said = _Said()
        try:
            with self._started(words, said) as process:
                try:
                    if process.stdout is None:  # asked for
                        raise KubectlError("kubectl has no output; report it.")
                    yield process.stdout
                    if process.wait(timeout=SECONDS) != 0:
                        raise said.refusal(words[0])
                finally:
                    process.kill()
        finally:
            said.end()

    def _started(self, words: Sequence[str], said: "_Said") -> "subprocess.Popen[str]":
        try:
            return subprocess.Popen(  # noqa: S603 -- as above
                self.argv(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said.pipe(), **_TEXT
            )
        except OSError as error:
            raise KubectlError(f"{self.program} cannot be run ({error.strerror}); name another by KUBECTL.") from error


class _Said:
    """What a kubectl that runs on says besides its output: each line is told when it comes, so that it never waits."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self._open, self._any = True, False
        self._thread = threading.Thread(target=self._tell, args=(reading,), daemon=True)
        self._thread.start()

    def pipe(self) -> int:
        """Return where it is written."""
        return self._writing

    def refusal(self, command: str) -> KubectlError:
        """Return the error of a command whose words have been told."""
        self.end()
        return KubectlError(f"kubectl {command} has failed, as it says above.") if self._any else refusal("")

    def end(self) -> None:
        """Wait until all is told; a program that kubectl has left behind may go on, and is not waited for."""
        if self._open:
            self._open = False
            os.close(self._writing)
        self._thread.join(_LAST_WORDS_SECONDS)

    def _tell(self, reading: int) -> None:
        with open(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self._any = True
                click.echo(harmless(line.rstrip("\n")), err=True)


def found(environment: Mapping[str, str] = os.environ) -> str:
    """Return the kubectl to use: the one that KUBECTL names, else that of the PATH."""
    program = environment.get("KUBECTL") or shutil.which("kubectl", path=environment.get("PATH"))
    if program is None:
        raise KubectlError("There is no kubectl on the PATH; install it, or name it by KUBECTL.")
    return program


def refusal(said: str) -> KubectlError:
    """Return the error that kubectl's words mean."""
    text = " ".join(said.split())[:_LONGEST] or "kubectl has failed and said nothing; try `kubectl get pankos`."
    if "doesn't have a resource type" in text and "panko" in text.lower():
        return NoPankosError("The cluster knows no Pankos; install the operator, or choose another --context.")
    if "(NotFound)" in text:
        return NotFoundError(text)
    return ForbiddenError(text) if "(Forbidden)" in text else KubectlError(text)
