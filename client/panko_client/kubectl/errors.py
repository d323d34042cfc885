"""What can go wrong: one tree. The text says what to do next, and goes to standard error; the exit code is 1."""

from typing import IO, Any

import click

from panko_client.kubectl.controls import harmless


class PluginError(click.ClickException):
    """Anything that this program tells of."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the text as one line of standard error."""
        click.echo(f"kubectl-panko: {harmless(self.format_message())}", file=file, err=file is None)


class KubectlError(PluginError):
    """kubectl ended with an error; the text is its own."""


class NotFoundError(KubectlError):
    """There is no such object."""


class ForbiddenError(KubectlError):
    """Whoever asks has no right to."""


class NoPankosError(KubectlError):
    """The cluster does not know the kind Panko."""


class TooLateError(PluginError):
    """What was waited for did not come in time."""


class RefusedError(PluginError):
    """It cannot be done as the Panko is now, or nobody agreed."""
