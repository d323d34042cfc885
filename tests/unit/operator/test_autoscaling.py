"""The number of the API's pods, while an autoscaler chooses it and when it begins and ends to."""

import pytest

from fakes.memory_world import SPEC, MemoryWorld

RANGE = {"minReplicas": 2, "maxReplicas": 8, "targetCPUUtilizationPercentage": 80}


class Scaled:
    """A Panko in a world where somebody scales its Deployment."""

    def __init__(self, **spec):
        self.memory = MemoryWorld({**SPEC, **spec})
        self.memory.reconcile()

    @property
    def deployment(self):
        return self.memory.kube.objects["Deployment", "openstack", "panko-api"]

    @property
    def number(self):
        return self.deployment["spec"]["replicas"]

    @property
    def autoscalers(self):
        return self.memory.kube.names("HorizontalPodAutoscaler")

    def scale(self, number):
        """Do what an autoscaler does."""
        self.deployment["spec"]["replicas"] = number
        self.memory.kube.come_up(self.deployment)

    def edit(self, **spec):
        self.memory.edit(**spec)
        self.memory.reconcile()


def ready(scaled):
    return scaled.memory.condition("Ready")["status"] == "True"


def test_it_begins_with_the_fewest_and_then_keeps_what_it_is_scaled_to():
    scaled = Scaled(autoscaling=RANGE, replicas=5)
    assert scaled.number == 2
    for number in (7, 3):
        scaled.scale(number)
        scaled.memory.reconcile()
        assert scaled.number == number
        assert ready(scaled)
    written = len(scaled.memory.kube.writes)
    scaled.memory.reconcile()
    assert len(scaled.memory.kube.writes) == written


def test_the_number_of_before_stays_when_autoscaling_begins():
    scaled = Scaled(replicas=4)
    scaled.edit(autoscaling=RANGE)
    scaled.memory.reconcile()
    assert scaled.number == 4
    assert scaled.autoscalers == {"panko-api"}


def test_the_number_is_the_specs_again_when_autoscaling_ends_and_the_autoscaler_goes_first():
    scaled = Scaled(autoscaling=RANGE, replicas=3)
    scaled.scale(7)
    del scaled.memory.body["spec"]["autoscaling"]
    scaled.memory.edit()
    scaled.memory.kube.writes.clear()
    scaled.memory.reconcile()
    assert scaled.number == 3
    assert scaled.autoscalers == set()
    kinds = [(verb, kind) for verb, kind, *_ in scaled.memory.kube.writes]
    assert kinds.index(("delete", "HorizontalPodAutoscaler")) < kinds.index(("apply", "Deployment"))


def test_hibernating_ends_autoscaling_and_waking_begins_it():
    scaled = Scaled(autoscaling=RANGE)
    scaled.edit(replicas=0)
    assert (scaled.number, scaled.autoscalers) == (0, set())
    assert ready(scaled)
    scaled.edit(replicas=1)
    assert (scaled.number, scaled.autoscalers) == (2, {"panko-api"})
    assert ready(scaled)


@pytest.mark.parametrize(("there", "status"), [(3, "True"), (1, "Unknown")])
def test_it_stays_ready_while_pods_are_added(there, status):
    scaled = Scaled(autoscaling=RANGE)
    scaled.memory.reconcile()
    scaled.memory.kube.auto = False
    scaled.deployment["spec"]["replicas"] = 6
    counted = {"replicas": 6, "updatedReplicas": 6, "readyReplicas": there}
    scaled.deployment["status"] = {**counted, "observedGeneration": scaled.deployment["metadata"]["generation"]}
    scaled.memory.reconcile()
    assert scaled.memory.condition("DeploymentReady")["status"] == status
