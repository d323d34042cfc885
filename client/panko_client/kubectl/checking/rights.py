"""What the commands need of whoever runs them. Pure; the Role in deploy/kubectl is held equal to it by a test."""

from dataclasses import dataclass
from typing import Final

from panko_client.kubectl.names import GROUP
from panko_client.kubectl.transport import Manifest


@dataclass(frozen=True, slots=True)
class Right:
    """A verb on a resource, and the commands that need it."""

    verb: str
    group: str
    resource: str  # with its subresource, after a slash
    commands: str
    is_needed: bool = False

    @property
    def told(self) -> str:
        """The right in words."""
        return f"{self.verb} {self.resource}"

    def review(self, namespace: str) -> Manifest:
        """Return the question to the API server whether one has it."""
        resource, _, subresource = self.resource.partition("/")
        asked = {"namespace": namespace, "verb": self.verb, "group": self.group, "resource": resource}
        asked |= {"subresource": subresource} if subresource else {}
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }


NEEDED: Final = (
    Right("get", GROUP, "pankos", "all commands", is_needed=True),
    Right("list", GROUP, "pankos", "status", is_needed=True),
    Right("patch", GROUP, "pankos", "plan, rotate, suspend, resume and release"),
    Right("list", "", "pods", "logs and the pods of status"),
    Right("list", "batch", "cronjobs", "the retention of status"),
    Right("list", "", "events", "rotate --wait and report"),
    Right("get", "apps", "deployments", "restart"),
    Right("list", "apps", "deployments", "restart --wait and report"),
    Right("watch", "apps", "deployments", "restart --wait"),
    Right("patch", "apps", "deployments", "restart"),
    Right("get", "batch", "cronjobs", "expire"),
    Right("create", "batch", "jobs", "expire"),
    Right("get", "batch", "jobs", "expire --wait"),
    Right("get", "", "pods", "logs and open"),
    Right("get", "", "pods/log", "logs and expire --wait"),
    Right("get", "", "services", "open"),
    Right("create", "", "pods/portforward", "open"),
    Right("get", "", "secrets", "producer"),
)
