"""From a cluster with images and OpenStack to `openstack event history`: `make demo`. Safe to run again."""

import sys
import time

from demo import flow
from demo.printing import heading, say
from live import cluster, installation, openstack, resource
from live.errors import LiveError


def main() -> int:
    """Install, make a Panko, write events, read them, ask what happened in a week, and say what to try next."""
    start = time.monotonic()
    try:
        demo = cluster.from_machine()
        panko = resource.Panko(demo, flow.NAME, flow.NAMESPACE)
        client = openstack.OpenStack(demo)
        flow.install(installation.Installation(demo))
        flow.create(panko, client)
        flow.follow(panko)
        flow.publish(panko, client)
        flow.read(client)
        made = flow.load(client)
        flow.tell(client, made)
    except LiveError as error:
        say(f"\n{error}")
        return 1
    heading(f"Done in {time.monotonic() - start:.0f} s. Try next")
    server = made.planted.stuck_resize[0]
    say(flow.NEXT.format(kubeconfig=demo.kubeconfig, server=server, **flow.login(client)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
