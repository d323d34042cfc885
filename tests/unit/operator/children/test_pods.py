"""What holds for every pod, whatever runs in it."""

import base64

import pytest

from panko_operator.children import api, config, dbsync, expirer, haproxy
from panko_operator.children.collector import deployment as collector
from panko_operator.resource.spec.workloads.collector import Collector

COLLECTOR = Collector.parse({"transportURLSecretRefs": [], "replicas": 1, "topics": ["notifications"]})
WORKLOADS = {
    "api": lambda panko: api.deployment(panko, image="panko", config_name="c", replicas=2)["spec"]["template"],
    "haproxy": lambda panko: haproxy.deployment(panko, image="haproxy", config_name="c")["spec"]["template"],
    "dbsync": lambda panko: dbsync.job(panko, "panko")["spec"]["template"],
    "collector": lambda panko: collector.template(panko, COLLECTOR, image="collector", config_name="d", account="a"),
    "expirer": lambda panko: expirer.cron_job(panko, image="panko")["spec"]["jobTemplate"]["spec"]["template"],
}


@pytest.fixture(params=WORKLOADS)
def workload(request):
    return WORKLOADS[request.param]


def test_pod_meets_the_restricted_standard(workload, panko):
    spec = workload(panko)["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {next(iter(set(volume) - {"name"})) for volume in spec["volumes"]} <= {"secret", "configMap", "emptyDir"}
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_pod_gets_no_service_account_token_and_no_service_environment(workload, panko):
    spec = workload(panko)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False


def test_pod_says_what_it_needs_and_what_it_may_take(workload, panko):
    (container,) = workload(panko)["spec"]["containers"]
    for kind in ("requests", "limits"):
        assert container["resources"][kind].keys() == {"cpu", "memory"}


def test_scratch_volumes_are_bounded(workload, panko):
    scratch = [volume["emptyDir"] for volume in workload(panko)["spec"]["volumes"] if "emptyDir" in volume]
    assert all(volume.get("sizeLimit") for volume in scratch)


def test_images_are_pulled_as_the_spec_says(workload, make_panko):
    panko = make_panko({"imagePullPolicy": "Always", "imagePullSecrets": [{"name": "registry"}]})
    spec = workload(panko)["spec"]
    assert spec["imagePullSecrets"] == [{"name": "registry"}]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"


def test_template_is_the_same_whenever_it_is_built(workload, make_panko):
    assert workload(make_panko()) == workload(make_panko())


def mounted_secrets(template):
    return {volume["secret"]["secretName"] for volume in template["spec"]["volumes"] if "secret" in volume}


def test_each_pod_mounts_the_secret_of_its_own_role_only(panko):
    assert mounted_secrets(WORKLOADS["api"](panko)) == {"c"}
    assert mounted_secrets(WORKLOADS["dbsync"](panko)) == {"panko-db-schema"}
    assert mounted_secrets(WORKLOADS["expirer"](panko)) == {"panko-db-expirer"}
    assert mounted_secrets(WORKLOADS["collector"](panko)) == {"d"}
    assert mounted_secrets(WORKLOADS["haproxy"](panko)) == set()


def test_api_mounts_just_what_its_config_secret_holds(panko, inputs):
    (volume,) = [one for one in WORKLOADS["api"](panko)["spec"]["volumes"] if "secret" in one]
    assert {item["key"] for item in volume["secret"]["items"]} == config.secret(panko, inputs)["data"].keys()


def test_files_that_panko_conf_points_to_are_mounted(panko, inputs):
    (container,) = WORKLOADS["api"](panko)["spec"]["containers"]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    rendered = base64.b64decode(config.secret(panko, inputs)["data"]["panko.conf"]).decode()
    paths = [line.partition(" = ")[2] for line in rendered.splitlines() if "_file = " in line]
    assert len(paths) == 4
    assert {path.rpartition("/")[0] for path in paths} <= mounts
