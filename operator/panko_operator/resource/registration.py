"""What the status remembers of Keystone, so that a change of the spec leaves nothing behind. Pure.

`present` is what the spec of now made, `former` what earlier specs made and nobody has removed yet.
"""

import dataclasses
from collections.abc import Collection, Iterable
from typing import Any, Final

from panko_operator.world import Manifest
from panko_operator.world.values import Account, Made

_MOST_FORMER: Final = 16


@dataclasses.dataclass(frozen=True, slots=True)
class Registration:
    """What this Panko has made in Keystones."""

    present: Made
    former: tuple[Made, ...] = ()

    @classmethod
    def read(cls, status: Manifest, auth_url: str) -> "Registration":
        """Read it from a status. The first release wrote only the endpoints there."""
        remembered = status.get("keystone")
        if remembered is None:
            ids = tuple(one["id"] for one in status.get("endpoints", []) if one.get("id"))
            return cls(Made(auth_url, endpoint_ids=ids))
        return cls(_made(remembered), tuple(_made(one) for one in remembered.get("former", ())))

    def registered(self, auth_url: str, account: Account, *, retired: Collection[str] = ()) -> "Registration":
        """Return it with the user that there is now; another user, project or Keystone than before becomes former.

        The endpoints of before stay known until those of now are published: the Keystone may be the same one. Users by
        id that a rotation has `retired` are remembered with their login, and go later.
        """
        user_id, project_id = (account.id, account.project_id) if account.owned else ("", "")
        now = Made(auth_url, user_id, project_id, self.present.endpoint_ids)
        moved = now.auth_url != self.present.auth_url
        before = self.present if moved else dataclasses.replace(self.present, endpoint_ids=())
        if before.user_id in retired:
            before = dataclasses.replace(before, user_id="", project_id="")
        changed = (before.auth_url, before.user_id, before.project_id) != (auth_url, user_id, project_id)
        if not changed or not (before.user_id or before.endpoint_ids):
            return Registration(now, self.former)
        return Registration(now, (*self.former, before)[-_MOST_FORMER:])

    def published(self, endpoint_ids: tuple[str, ...]) -> "Registration":
        """Return it with the endpoints that there are now."""
        return Registration(dataclasses.replace(self.present, endpoint_ids=endpoint_ids), self.former)

    def left(self) -> list[Made]:
        """Return what is former and not in use: the same Keystone may have two URLs."""
        return [one for one in self.former if not _in_use(one, self.present)]

    def keeping(self, former: Iterable[Made]) -> "Registration":
        """Return it with these of what is former, the others being gone."""
        return Registration(self.present, tuple(former))

    def as_status(self) -> Manifest:
        """Write it as `status.keystone`."""
        former = [_written(one) for one in self.former]
        return {**_written(self.present), **({"former": former} if former else {})}


def _in_use(former: Made, present: Made) -> bool:
    same_user = former.user_id in ("", present.user_id) and former.project_id in ("", present.project_id)
    return same_user and set(former.endpoint_ids) <= set(present.endpoint_ids)


def _made(one: Any) -> Made:
    return Made(one["authURL"], one.get("userId", ""), one.get("projectId", ""), tuple(one.get("endpointIds", ())))


def _written(made: Made) -> Manifest:
    every = {"userId": made.user_id, "projectId": made.project_id, "endpointIds": list(made.endpoint_ids)}
    return {"authURL": made.auth_url, **{key: value for key, value in every.items() if value}}
