"""One Panko as its resource tells it: what it is called, its conditions, and what is under way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from panko_client.kubectl import names
from panko_client.kubectl.durations import moment
from panko_client.kubectl.transport import Manifest

SUMMARIES = ("Ready", "Reconciling", "Stalled")
_PLANNED = "PlanOnly"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is known of one step."""

    type: str
    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Panko:
    """A live resource. Each property reads one thing out of it; what is not there is empty."""

    body: Manifest

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.body["metadata"]["namespace"])

    @property
    def spec(self) -> Manifest:
        """What is wanted."""
        return dict(self.body["spec"])

    @property
    def status(self) -> Manifest:
        """What the operator says of it."""
        return dict(self.body.get("status", {}))

    @property
    def annotations(self) -> dict[str, str]:
        """What is noted on it."""
        return dict(self.body["metadata"].get("annotations", {}))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All of them, in the operator's order."""
        found = self.status.get("conditions", ())
        return tuple(Condition(one["type"], one["status"], one["reason"], one["message"]) for one in found)

    @property
    def steps(self) -> tuple[Condition, ...]:
        """Those of the steps, without the sums."""
        return tuple(one for one in self.conditions if one.type not in SUMMARIES)

    def condition(self, type_: str) -> Condition:
        """Return one of them; one that nobody has written yet is Unknown."""
        never = Condition(type_, "Unknown", "", "The operator has not looked at it yet.")
        return next((one for one in self.conditions if one.type == type_), never)

    @property
    def is_seen(self) -> bool:
        """Whether the operator has looked at it as it is now; taking the plan's annotation away is no generation."""
        is_newest = self.status.get("observedGeneration") == self.body["metadata"]["generation"]
        return bool(is_newest and (self.is_planned or self.condition("Ready").reason != _PLANNED))

    @property
    def is_ready(self) -> bool:
        """Whether it is Ready as it is wanted now."""
        return self.is_seen and not self.is_going and self.condition("Ready").status == "True"

    @property
    def is_at_rest(self) -> bool:
        """Whether it is ready and nothing is under way."""
        return self.is_ready and self.condition("Reconciling").status == "False"

    @property
    def is_going(self) -> bool:
        """Whether it is being deleted."""
        return "deletionTimestamp" in self.body["metadata"]

    @property
    def is_suspended(self) -> bool:
        """Whether the operator is told to leave it alone."""
        return bool(self.spec.get("suspend"))

    @property
    def is_planned(self) -> bool:
        """Whether the operator only tells what it would do."""
        return self.annotations.get(names.PLAN) == "true"

    @property
    def plan(self) -> Manifest | None:
        """The plan for the spec as it is now, as `changes` and `entries`; None where there is none."""
        planned = self.status.get("planned", {})
        if planned.get("observedGeneration") != self.body["metadata"]["generation"]:
            return None
        return {"changes": planned["changes"], "entries": list(self.status.get("plan", ()))}

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who may post events."""
        return tuple(one["name"] for one in self.spec.get("publishers", ()))

    @property
    def accounts(self) -> dict[str, str]:
        """The account of each role."""
        return {one["role"]: one["account"] for one in self.status.get("credentials", ())}

    def wants(self, component: str) -> bool:
        """Tell whether the spec asks for a component: HAProxy unless it is turned off, a collector where one is set."""
        asked = self.spec.get(component)
        if component == "collector":
            return asked is not None
        return bool((asked or {}).get("enabled", True))

    def age(self, now: datetime) -> timedelta:
        """Return since when it exists."""
        return now - moment(self.body["metadata"]["creationTimestamp"])

    def pods(self, found: Sequence[Manifest]) -> list[Manifest]:
        """Return those of some pods that are this Panko's."""
        mine = (self.namespace, self.name)
        return [pod for pod in found if _owner(pod) == mine]


def _owner(pod: Manifest) -> tuple[str, str]:
    metadata = pod["metadata"]
    return metadata["namespace"], metadata.get("labels", {}).get("app.kubernetes.io/instance", "")
