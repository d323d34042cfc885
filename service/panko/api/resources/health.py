"""`/healthcheck`: whether load balancers should send requests here.

It never asks the database: tied to it, all servers would leave at once, and callers would see closed connections
instead of a 503 that says why.
"""

import dataclasses
from pathlib import Path

import falcon
from oslo_config import cfg

PLAIN_TEXT = "text/plain; charset=UTF-8"


@dataclasses.dataclass(frozen=True, slots=True)
class Health:
    """Two files that exist while this server is to be left alone: for good, or while it drains."""

    disabled_by: Path | None
    draining_by: Path | None

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        """Answer with a word."""
        response.status, response.text = self.state()
        response.content_type = PLAIN_TEXT

    def on_head(self, _request: falcon.Request, response: falcon.Response) -> None:
        """Answer with a status alone."""
        status, _word = self.state()
        response.status = falcon.HTTP_204 if status == falcon.HTTP_200 else status

    def state(self) -> tuple[str, str]:
        """Return the status and the word that the health page answers with now."""
        # HAProxy's `http-check disable-on-404`: nothing new is sent, and nothing under way is cut.
        if self.draining_by and self.draining_by.exists():
            return falcon.HTTP_404, "DRAINING"
        if self.disabled_by and self.disabled_by.exists():
            return falcon.HTTP_503, "DISABLED BY FILE"
        return falcon.HTTP_200, "OK"


def from_configuration(conf: cfg.ConfigOpts) -> Health:
    """Return the health page of the files that the configuration names."""
    return Health(disabled_by=_path(conf.healthcheck.disable_by_file_path), draining_by=_path(conf.api.drain_file))


def _path(configured: str | None) -> Path | None:
    return Path(configured) if configured else None
