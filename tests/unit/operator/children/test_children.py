"""The smaller children: Services, budgets, the schema Job and the expirer."""

import base64

import pytest

from panko_operator.children import api, autoscaler, credentials, dbsync, disruption, expirer, haproxy, service
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION


def test_service_leads_to_haproxy_or_to_the_api_without_it(make_panko):
    assert service.service(make_panko())["spec"]["selector"]["app.kubernetes.io/component"] == "haproxy"
    without = make_panko({"haproxy": {"enabled": False}})
    assert service.service(without)["spec"]["selector"]["app.kubernetes.io/component"] == "api"


def test_service_is_of_the_kind_that_was_asked_for(make_panko):
    wanted = {"type": "LoadBalancer", "port": 80, "annotations": {"a": "b"}, "loadBalancerClass": "example.org/lb"}
    built = service.service(make_panko({"service": wanted}))
    assert built["metadata"]["annotations"] == {"a": "b"}
    assert built["spec"]["type"] == "LoadBalancer"
    assert built["spec"]["loadBalancerClass"] == "example.org/lb"
    assert built["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]


def test_pdb_is_omitted_for_one_replica(make_panko):
    assert disruption.api(make_panko({"replicas": 1})) is None
    assert disruption.haproxy(make_panko({"haproxy": {"replicas": 1}})) is None


def test_pdb_of_haproxy_is_omitted_without_haproxy(make_panko):
    assert disruption.haproxy(make_panko({"haproxy": {"enabled": False}})) is None


def test_pdb_lets_one_pod_go_at_a_time(panko):
    for budget in (disruption.api(panko), disruption.haproxy(panko)):
        assert budget["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize("most", [2, "25%"])
def test_pdbs_let_as_many_go_as_the_spec_says(make_panko, most):
    panko = make_panko({"podDisruptionBudget": {"maxUnavailable": most}})
    assert [build(panko)["spec"]["maxUnavailable"] for build in (disruption.api, disruption.haproxy)] == [most, most]


def test_an_autoscaler_chooses_within_the_range(make_panko):
    panko = make_panko({"autoscaling": {"minReplicas": 3, "maxReplicas": 9, "targetCPUUtilizationPercentage": 60}})
    spec = autoscaler.autoscaler(panko)["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 9)
    assert spec["metrics"][0]["resource"] == {
        "name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": 60},
    }
    deployment = api.deployment(panko, image="panko", config_name="c", replicas=None)
    assert {**spec["scaleTargetRef"], "metadata": deployment["metadata"]} == {
        "apiVersion": deployment["apiVersion"],
        "kind": deployment["kind"],
        "name": deployment["metadata"]["name"],
        "metadata": deployment["metadata"],
    }
    assert "replicas" not in deployment["spec"]


def test_there_is_no_autoscaler_unasked_or_while_it_hibernates(make_panko):
    assert autoscaler.autoscaler(make_panko()) is None
    assert autoscaler.autoscaler(make_panko({"replicas": 0, "autoscaling": {"maxReplicas": 9}})) is None


def test_what_depends_on_the_number_of_pods_reckons_with_the_most(make_panko):
    scaled = make_panko({"replicas": 1, "autoscaling": {"minReplicas": 1, "maxReplicas": 40}})
    fixed = make_panko({"replicas": 40})
    assert disruption.api(scaled)["spec"] == disruption.api(fixed)["spec"]
    assert haproxy.config_map(scaled, "cluster.local") == haproxy.config_map(fixed, "cluster.local")


def test_pods_that_are_scaled_request_what_an_autoscaler_can_measure_by(make_panko):
    def cpu(**spec):
        template = api.deployment(make_panko(spec), image="panko", config_name="c", replicas=None)["spec"]["template"]
        return template["spec"]["containers"][0]["resources"]["requests"]["cpu"]

    assert cpu(api={"workers": 3}) == "100m"
    assert cpu(api={"workers": 3}, autoscaling={"maxReplicas": 9}) == "1500m"
    assert cpu(api={"resources": {"requests": {"cpu": "2"}}}, autoscaling={"maxReplicas": 9}) == "2"


def test_dbsync_is_one_job_for_an_image_and_a_database(make_panko):
    names = {
        dbsync.job(make_panko(spec), image)["metadata"]["name"]
        for spec, image in [
            ({}, "panko:1"),
            ({}, "panko:1"),
            ({"replicas": 5, "api": {"workers": 4}}, "panko:1"),
            ({}, "panko:2"),
            ({"database": {"host": "elsewhere"}}, "panko:1"),
        ]
    }
    assert len(names) == 3


def test_dbsync_that_could_not_pull_its_image_gets_a_new_job_with_the_secret_for_it(make_panko):
    corrected = make_panko({"imagePullSecrets": [{"name": "registry"}]})
    assert (
        dbsync.job(corrected, "panko:1")["metadata"]["name"] != dbsync.job(make_panko(), "panko:1")["metadata"]["name"]
    )


@pytest.mark.parametrize(("written", "allowed"), [("true", True), ("false", False), ("", False), (None, False)])
def test_dbsync_rewrites_big_tables_only_in_a_job_of_its_own_that_was_allowed_to(make_panko, written, allowed):
    annotations = {} if written is None else {ALLOW_REWRITE_ANNOTATION: written}
    job, usual = (dbsync.job(panko, "panko:1") for panko in (make_panko(annotations=annotations), make_panko()))
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert (container["command"][-1] == "--allow-rewrite") is allowed
    assert (job["metadata"]["name"] != usual["metadata"]["name"]) is allowed


def test_dbsync_compresses_pages_where_that_is_wanted_before_the_rollout_alone(make_panko):
    usual, wanting = make_panko(), make_panko({"database": {"compressPages": True}})
    for phase in dbsync.Phase:
        job, before = (dbsync.job(panko, "panko:1", phase=phase) for panko in (wanting, usual))
        (container,) = job["spec"]["template"]["spec"]["containers"]
        expands = phase is dbsync.Phase.EXPAND
        assert ("--compress-pages" in container["command"]) is expands
        assert (job["metadata"]["name"] != before["metadata"]["name"]) is expands


def test_last_words_of_a_command_are_in_the_status_of_its_pod(panko):
    for template in (
        dbsync.job(panko, "panko:1")["spec"]["template"],
        expirer.cron_job(panko, image="panko:1")["spec"]["jobTemplate"]["spec"]["template"],
    ):
        (container,) = template["spec"]["containers"]
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"


def test_dbsync_keeps_failed_pods_with_their_logs(panko):
    spec = dbsync.job(panko, "panko:1")["spec"]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert spec["backoffLimit"] > 0
    assert spec["activeDeadlineSeconds"] > 0
    assert "ttlSecondsAfterFinished" not in spec


def test_nothing_expires_when_events_are_kept_for_ever(make_panko):
    panko = make_panko({"retention": {"timeToLive": "0", "acknowledgeUnbounded": True}})
    assert expirer.cron_job(panko, image="panko:1") is None


def test_expirer_runs_as_scheduled_and_never_beside_itself(make_panko):
    panko = make_panko({"retention": {"schedule": "*/5 * * * *", "suspend": True}})
    spec = expirer.cron_job(panko, image="panko:1")["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["suspend"]) == ("*/5 * * * *", "Etc/UTC", True)
    assert spec["concurrencyPolicy"] == "Forbid"


@pytest.mark.parametrize("value", ["plain", "ümläut", "line\nbreak"])
def test_credentials_survive_the_secret(panko, value):
    secret = credentials.secret(panko, panko.keys_name, {"key": value})
    assert value.encode() == base64.b64decode(secret["data"]["key"])
    assert secret["metadata"]["ownerReferences"] == [panko.owner_reference]
