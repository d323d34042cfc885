"""The keys of the page's sessions: made once, kept, renewed by hand, and gone from pods that serve no page."""

import base64

from cryptography.fernet import Fernet

from fakes.memory_world import MemoryWorld
from panko_operator.controller.reconcile import Pace


def keys_of_pods(memory):
    """Return the keys that the API's pods have; None where they have none."""
    volumes = memory.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["template"]["spec"]["volumes"]
    (name,) = (volume["secret"]["secretName"] for volume in volumes if volume["name"] == "config")
    data = memory.secret(name)
    return base64.b64decode(data["session-keys"]).decode().split() if "session-keys" in data else None


def test_the_keys_are_made_once_and_a_line_that_is_added_is_another_one():
    memory = MemoryWorld()
    assert memory.reconcile().pace is Pace.SETTLED
    (first,) = keys_of_pods(memory)
    assert Fernet(first)
    memory.reconcile()
    assert keys_of_pods(memory) == [first]
    secret = memory.kube.objects["Secret", "openstack", "panko-keys"]
    old = base64.b64decode(secret["data"]["sessionKeys"]).decode()
    secret["data"]["sessionKeys"] = base64.b64encode(f"new\n{old}".encode()).decode()
    memory.reconcile()
    new, kept = keys_of_pods(memory)
    assert kept == first
    assert new != first


def test_pods_that_serve_no_page_have_no_keys():
    memory = MemoryWorld()
    memory.edit(explorer={"enabled": False, "public": False})
    memory.reconcile()
    assert keys_of_pods(memory) is None
