"""A real Keystone that knows an identity provider, and trusts a page with the tokens of who logs in there."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from servers.keystone import PROGRAMS, Keystone

ISSUER = "https://identity.example"
PROVIDER, PROTOCOL = "corporate", "openid"

CONFIGURATION = """
[auth]
methods = password,token,application_credential,openid
[federation]
trusted_dashboard = {dashboard}
sso_callback_template = {template}
[openid]
remote_id_attribute = HTTP_OIDC_ISS
"""


@contextmanager
def federated(dashboard: str, *, projects: Sequence[str]) -> Iterator["FederatedKeystone"]:
    """Start one that people of the provider are admins of these projects in, and otto with a password of shop."""
    keystone = FederatedKeystone(dashboard)
    try:
        keystone.start()
        keystone.add_user("panko", "panko-s3cret", project="service", roles=["service"])
        keystone.add_user("otto", "otto-s3cret", project="shop", roles=["admin"])
        keystone.add_provider("staff", projects=projects, role="admin")
        yield keystone
    finally:
        keystone.remove()


class FederatedKeystone(Keystone):
    """Who comes has logged in at the provider when headers say so, as a module of the web server would by variables."""

    def __init__(self, dashboard: str) -> None:
        self._dashboard = dashboard
        super().__init__()

    @property
    def origin(self) -> str:
        """What browsers call its pages."""
        return f"http://{self.host}:{self.port}"

    def add_provider(self, group: str, *, projects: Sequence[str], role: str) -> None:
        """Make people of the provider members of a group that has a role in projects."""
        group_id = self.request("POST", "/groups", {"group": {"name": group, "domain_id": "default"}})["group"]["id"]
        role_id = self.add_role(role)
        for project in projects:
            self.request("PUT", f"/projects/{self.add_project(project)}/groups/{group_id}/roles/{role_id}")
        local = [{"user": {"name": "{0}"}}, {"group": {"id": group_id}}]
        remote: list[dict[str, Any]] = [{"type": "HTTP_OIDC_SUB"}, {"type": "HTTP_OIDC_ISS", "any_one_of": [ISSUER]}]
        provider = f"/OS-FEDERATION/identity_providers/{PROVIDER}"
        rules = {"mapping": {"rules": [{"local": local, "remote": remote}]}}
        self.request("PUT", provider, {"identity_provider": {"remote_ids": [ISSUER], "enabled": True}})
        self.request("PUT", f"/OS-FEDERATION/mappings/{PROVIDER}", rules)
        self.request("PUT", f"{provider}/protocols/{PROTOCOL}", {"protocol": {"mapping_id": PROVIDER}})

    def page_for(self, name: str, url: str) -> tuple[str, dict[str, str]]:
        """Return where its page sends somebody who has logged in at the provider, and what the form there says."""
        headers = {"OIDC-SUB": name, "OIDC-ISS": ISSUER}
        answer = httpx.get(url, headers=headers, timeout=30)
        answer.raise_for_status()
        (action,) = re.findall(r'<form[^>]* action="([^"]*)"', answer.text)
        return action, dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', answer.text))

    def _write_configuration(self) -> None:
        super()._write_configuration()
        template = PROGRAMS.parent / "etc" / "keystone" / "sso_callback_template.html"
        with (self.folder / "keystone.conf").open("a") as file:
            file.write(CONFIGURATION.format(dashboard=self._dashboard, template=template))
