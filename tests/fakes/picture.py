"""All that there is in a world in memory, as text that two runs may be compared by.

What another run calls by another name (generated secrets, hashes, digests, ids) is numbered in the order of its
appearance: what is the same in one picture has to be the same in the other. Times are left out.
"""

import base64
import dataclasses
import itertools
import json
import re

from fakes.copying import copied
from panko_operator.resource import FINALIZER, ownership

UID = "1-2-3"
NAMED_ANEW = re.compile(
    r"generated-\d+|user-\d+|endpoint-\d+|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}"
    r"|(?<![\w-])[\w-]{43}="  # keys of sessions
    r"|\b[0-9a-f]{8,64}\b|(?<=-)[0-9a-f]{4}\b"  # digests, and what ends the name of an account that followed another
)
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
OF_A_RUN = ("uid", "generation", "resourceVersion")


def raw(memory):
    """Return everything as it is, to see whether a call changes anything."""
    return json.dumps([*_kubernetes(memory.kube.objects.values()), _database(memory), _keystone(memory)], default=str)


def picture(memory, *, status=True):
    """Return everything after the garbage collection, line by line; `status` with what the Panko tells."""
    objects = [_readable(live, status=status) for live in _collected(memory.kube.objects.values(), memory.body)]
    document = {"kubernetes": _kubernetes(objects), "database": _database(memory), "keystone": _keystone(memory)}
    text = json.dumps(document, indent=1, sort_keys=True, default=str)
    numbers, names = itertools.count(1), {}
    return NAMED_ANEW.sub(
        lambda found: names.setdefault(found[0], f"<{next(numbers)}>"), TIME.sub("<time>", text)
    ).splitlines()


def _kubernetes(objects):
    return sorted(objects, key=lambda live: (live["kind"], NAMED_ANEW.sub("", live["metadata"]["name"])))


def _collected(objects, panko):
    """Leave out what goes with its owner, and pods: they are the kubelet's."""
    return [
        live
        for live in objects
        if live["kind"] != "Pod"
        and (
            panko is not None
            or ownership.controller_uid(live) != UID
            or FINALIZER in live["metadata"].get("finalizers", ())
        )
    ]


def _readable(live, *, status):
    live = copied(live)
    for key in OF_A_RUN:
        live["metadata"].pop(key, None)
    if live["kind"] == "Secret":
        live["data"] = {key: base64.b64decode(value).decode() for key, value in live["data"].items()}
    if live["kind"] != "Panko":
        live.pop("status", None)  # the kubelet's and the controllers'
    elif not status:
        live.pop("status", None)
    else:
        live.get("status", {}).pop("drift", None)  # what a process that died had put right nobody can tell any more
    return live


def _database(memory):
    database = memory.database
    marks = {name: mark.text() for name, mark in database.marks.items()}
    known = {"databases": sorted(database.databases), "marks": marks, "roles": database.roles}
    return {**known, "accounts": database.accounts}


def _keystone(memory):
    clouds = {
        url: {
            "users": {name: (id_, dataclasses.asdict(user)) for name, (id_, user) in cloud.users.items()},
            "applications": {
                f"{id_} {name}": dataclasses.asdict(one) for (id_, name), one in cloud.applications.items()
            },
            "endpoints": [dataclasses.asdict(one) for one in cloud.endpoints],
        }
        for url, cloud in memory.keystone.clouds.items()
        if cloud.users or cloud.endpoints or cloud.applications
    }
    return {"service": memory.keystone.service, "clouds": clouds}
