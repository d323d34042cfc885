"""The world as housekeeping sees it: logins and certificates can be renewed in it, and what else there is stays.

What is there is believed to be as it is meant to be, whatever somebody has made of it meanwhile. A Deployment changes
only where its pods have to mount something else; what is gone is not made again.
"""

import dataclasses
from typing import Final, cast

from panko_operator.accounts.logins import KEYSTONE
from panko_operator.controller import suspension
from panko_operator.corrections import Correcting, unnoticed
from panko_operator.errors import KeystoneLoginRefusedError, SuspendedError
from panko_operator.resource import Panko, ownership
from panko_operator.resource.registration import Registration
from panko_operator.world import Database, Keystone, Kube, Manifest, World
from panko_operator.world.values import Account, DatabaseAddress, KeystoneAdmin, Login, Made, Owner, ServiceUser

_RENEWED: Final = frozenset({"Secret", "ConfigMap"})  # logins, certificates, and configurations that name them
_NEEDED: Final = frozenset({"Deployment", "Service"})  # without which nothing can be renewed for anybody


def restrained(world: World, panko: Panko, status: Manifest) -> World:
    """Return the world in which only certificates and logins of a Panko change; `status` is its last one."""
    present = _made_at(Registration.read(status, panko.spec.keystone.auth_url), panko.spec.keystone.auth_url)
    names = {one["role"]: one["account"] for one in status.get("credentials", ())}
    return dataclasses.replace(
        world,
        kube=cast("Kube", _Kube(world.kube, panko)),
        database=cast("Database", _Database(world.database)),
        keystone=cast("Keystone", _Keystone(world.keystone, present, names.get(KEYSTONE, ""))),
    )


def _made_at(registration: Registration, auth_url: str) -> Made:
    """Return what was made in the Keystone of the spec that was applied; that of now may name another one."""
    made = (registration.present, *reversed(registration.former))
    return next((one for one in made if one.auth_url == auth_url), Made(auth_url))


class _Boundary:
    """A boundary that does what it does, but for what a subclass says."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


class _Kube(_Boundary):
    def __init__(self, kube: Kube, panko: Panko) -> None:
        super().__init__(kube)
        self._kube = kube
        self._panko = panko

    def apply(self, manifest: Manifest, *, correcting: Correcting = unnoticed) -> Manifest:
        """Write what is renewed, and a Deployment that has to mount it; return the rest as it is."""
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        if kind in _RENEWED:
            return self._kube.apply(manifest, correcting=correcting)
        live = self._kube.get(manifest["apiVersion"], kind, name, self._panko.namespace)
        if live is None and kind in _NEEDED:
            raise SuspendedError(suspension.missing(kind, name).message)
        if live is None:
            return manifest
        ownership.require(live, self._panko.uid)
        if kind != "Deployment" or _mounts(manifest) == _mounts(live):
            return live
        return self._kube.apply(_remounted(manifest, live), correcting=correcting)

    def delete(self, _live: Manifest) -> bool:
        """Leave what is there."""
        return False


class _Database(_Boundary):
    def __init__(self, server: Database) -> None:
        super().__init__(server)
        self._server = server

    def ensure_database(self, _address: DatabaseAddress, _admin: Login, _owner: Owner, **_how: object) -> bool:
        """Make no database: somebody may be restoring it."""
        return False

    def claim(self, _address: DatabaseAddress, _login: Login, _owner: Owner, *, adopt: bool) -> None:
        """Mark nothing: as above."""

    def ensure_account(
        self,
        address: DatabaseAddress,
        admin: Login,
        account: Login,
        *,
        role: str,
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Make an account that is new; leave those that there are."""
        if not after and self._server.has_account(address, admin, account.username):
            return False
        return self._server.ensure_account(address, admin, account, role=role, after=after, correcting=correcting)


class _Keystone(_Boundary):
    """What is remembered of the service user is its name and what was made; a pass that died may have made another."""

    def __init__(self, server: Keystone, present: Made, name: str) -> None:
        super().__init__(server)
        self._server = server
        self._present = present
        self._name = name

    def ensure_service_user(
        self, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting = unnoticed
    ) -> Account:
        """Have a user that is new; of the one that there is, and that can log in, tell what is remembered."""
        if self._present.user_id and user.username == self._name and self._lets_in(admin, user):
            return Account(self._present.user_id, self._present.project_id, owned=True, changed=False)
        return self._server.ensure_service_user(admin, user, correcting=correcting)

    def ensure_service(self, _admin: KeystoneAdmin, *, correcting: Correcting = unnoticed) -> str:  # noqa: ARG002 -- as the protocol has it
        """Leave the service: no endpoint is published."""
        return ""

    def _lets_in(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Tell whether the user is there: its name is written down before it is made."""
        try:
            self._server.check_login(admin, dataclasses.replace(user, application=None))
        except KeystoneLoginRefusedError:
            return False
        return True


def _mounts(deployment: Manifest) -> list[tuple[str, str]]:
    """Return the Secrets and ConfigMaps that pods mount, by the name of the volume."""
    volumes = deployment["spec"]["template"]["spec"].get("volumes", ())
    return sorted(
        (one["name"], one.get("secret", {}).get("secretName") or one.get("configMap", {}).get("name", ""))
        for one in volumes
        if "secret" in one or "configMap" in one
    )


def _remounted(wanted: Manifest, live: Manifest) -> Manifest:
    """Return a Deployment as wanted, with as many pods and the images that there are."""
    template = wanted["spec"]["template"]
    images = {one["name"]: one["image"] for one in live["spec"]["template"]["spec"]["containers"]}
    containers = [{**one, "image": images.get(one["name"], one["image"])} for one in template["spec"]["containers"]]
    spec = {**wanted["spec"], "template": {**template, "spec": {**template["spec"], "containers": containers}}}
    if "replicas" in spec:
        spec["replicas"] = live["spec"]["replicas"]
    return {**wanted, "spec": spec}
