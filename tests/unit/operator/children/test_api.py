"""The API's Deployment and headless Service."""

import re

import pytest

from panko_operator.children import api, config
from panko_operator.children.text import haproxy_config


def deployment(panko):
    return api.deployment(panko, image="panko:11", config_name="panko-config-01234567", replicas=2)


def pod(panko):
    return deployment(panko)["spec"]["template"]["spec"]


def test_rollout_never_takes_a_pod_before_there_is_another(panko):
    strategy = deployment(panko)["spec"]["strategy"]["rollingUpdate"]
    assert strategy["maxUnavailable"] == 0


@pytest.mark.parametrize(("replicas", "seconds"), [(1, 40), (2, 40), (4, 40), (20, 200)])
def test_pods_of_a_rollout_wait_for_dns_together(make_panko, replicas, seconds):
    """A pod takes ten seconds at most until it is ready; what it waits for after that is most of a rollout."""
    spec = api.deployment(make_panko(), image="panko:11", config_name="c", replicas=replicas)["spec"]
    at_once = min(replicas, spec["strategy"]["rollingUpdate"]["maxSurge"])
    assert -(-replicas // at_once) * (10 + spec["minReadySeconds"]) <= seconds


def test_haproxy_has_a_slot_for_each_new_pod_beside_those_that_serve_and_those_that_drain(panko):
    surge = deployment(panko)["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    for replicas in range(1, 101):
        assert haproxy_config.slots(replicas) >= replicas + min(surge, replicas)


def test_old_pod_stays_until_dns_and_haproxy_know_the_new_one(make_panko):
    assert deployment(make_panko())["spec"]["minReadySeconds"] == 30
    without = make_panko({"haproxy": {"enabled": False}})
    assert deployment(without)["spec"]["minReadySeconds"] == 5


def test_pod_drains_then_ends_requests_then_exits_within_its_grace_period(panko):
    (container,) = pod(panko)["containers"]
    hook = container["lifecycle"]["preStop"]["exec"]["command"][-1]
    flag, pause = re.fullmatch(r"touch (\S+) && sleep (\d+)", hook).groups()
    assert flag == config.DRAIN_FILE
    assert int(pause) + api.GRACEFUL_SECONDS < pod(panko)["terminationGracePeriodSeconds"]


def test_restarted_container_does_not_come_up_draining(panko):
    (container,) = pod(panko)["containers"]
    assert container["command"][-1].startswith(f"rm -f {config.DRAIN_FILE} && exec panko-api ")


def test_liveness_asks_for_what_is_served_while_draining(panko):
    (container,) = pod(panko)["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/"
    assert container["readinessProbe"]["httpGet"]["path"] == "/healthcheck"
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 120


def test_pods_spread_softly_over_hosts_and_zones_unless_told_otherwise(make_panko):
    keys = [constraint["topologyKey"] for constraint in pod(make_panko())["topologySpreadConstraints"]]
    assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    own = [{"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}]
    assert pod(make_panko({"api": {"topologySpreadConstraints": own}}))["topologySpreadConstraints"] == own
    assert "topologySpreadConstraints" not in pod(make_panko({"api": {"topologySpreadConstraints": []}}))


def test_scheduling_of_the_spec_is_passed_on(make_panko):
    wishes = {
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "priorityClassName": "high",
    }
    assert wishes.items() <= pod(make_panko({"api": wishes})).items()


def test_resources_grow_with_workers_unless_written(make_panko):
    small, large = (pod(make_panko({"api": {"workers": n}}))["containers"][0]["resources"] for n in (1, 8))
    assert (small["limits"], large["limits"]) == ({"cpu": "1", "memory": "640Mi"}, {"cpu": "8", "memory": "3328Mi"})
    own = {"requests": {"cpu": "2"}}
    assert pod(make_panko({"api": {"resources": own}}))["containers"][0]["resources"] == own


def test_labels_of_the_spec_cannot_break_the_selector(make_panko):
    labels = {"app.kubernetes.io/instance": "stolen", "team": "billing"}
    panko = make_panko({"api": {"podLabels": labels, "podAnnotations": {"note": "x"}}})
    built = deployment(panko)["spec"]
    metadata = built["template"]["metadata"]
    assert built["selector"]["matchLabels"].items() <= metadata["labels"].items()
    assert metadata["labels"]["team"] == "billing"
    assert metadata["annotations"] == {"note": "x"}


def test_new_config_is_a_rollout(panko):
    other = api.deployment(panko, image="panko:11", config_name="panko-config-76543210", replicas=2)
    assert other["spec"]["template"] != deployment(panko)["spec"]["template"]


def test_figures_have_a_named_port_of_pods_and_of_their_service(panko, inputs):
    (container,) = pod(panko)["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": config.LISTEN_PORT, "metrics": config.METRICS_PORT}
    assert f"[metrics]\nhost = ::\nport = {ports['metrics']}\n" in config.render_api(panko, inputs)
    listed = api.headless_service(panko)["spec"]["ports"]
    assert {port["name"]: port["port"] for port in listed} == ports
    assert {port["targetPort"] for port in listed} == ports.keys()


def test_haproxy_asks_dns_for_addresses_alone_and_takes_the_port_of_the_api(panko):
    (template,) = re.findall(r"server-template .*", haproxy_config.render(panko, "cluster.local"))
    # A name that began with `_` would be asked for as SRV, and bring every port of the Service along.
    assert template.endswith(f" {panko.api_pods_host('cluster.local')}:{config.LISTEN_PORT}")
    assert "_" not in template


def test_figures_can_be_kept_where_the_root_file_system_is_read_only(panko):
    # In /dev/shm, which the runtime mounts for every pod; else where temporary files go.
    (container,) = pod(panko)["containers"]
    assert "/tmp" in {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}


def test_headless_service_lists_pods_for_haproxy_to_judge(panko):
    service = api.headless_service(panko)
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True
    assert service["spec"]["selector"].items() <= deployment(panko)["spec"]["template"]["metadata"]["labels"].items()
    assert service["metadata"]["name"] in haproxy_config.render(panko, "cluster.local")
