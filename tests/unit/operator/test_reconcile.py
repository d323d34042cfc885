"""One pass after another over a world in memory."""

import base64
import copy

import bcrypt
import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.controller.reconcile import Pace
from panko_operator.errors import ChangedMeanwhileError, KubernetesUnreachableError
from panko_operator.resource import FINALIZER
from panko_operator.steps.parts import recent


@pytest.fixture
def memory():
    return MemoryWorld()


@pytest.fixture
def ready(memory):
    """A world whose Panko is ready, with nothing written or told since."""
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.writes.clear()
    memory.kube.events.clear()
    return memory


def text(memory, secret, key):
    return base64.b64decode(memory.secret(secret)[key]).decode()


def failed(memory):
    """Do a pass that has to fail; return the reason and message of Ready."""
    assert memory.reconcile().pace is Pace.FAILED
    condition = memory.condition("Ready")
    assert condition["status"] == "False"
    return condition["reason"], condition["message"]


# From nothing to ready


def test_one_pass_takes_a_panko_from_nothing_to_ready(memory):
    assert memory.reconcile().pace is Pace.SETTLED
    status = memory.body["status"]
    assert {one["type"]: one["status"] for one in status["conditions"] if one["status"] != "True"} == {
        "Reconciling": "False",
        "Stalled": "False",
    }
    assert status["observedGeneration"] == 1
    assert (status["replicas"], status["readyReplicas"], status["image"]) == (2, 2, "panko:11")
    assert {endpoint["interface"] for endpoint in status["endpoints"]} == {"public", "internal", "admin"}
    assert memory.kube.names("Deployment") == {"panko-api", "panko-haproxy"}
    assert memory.database.databases == {"panko_openstack_panko"}


def test_a_second_pass_writes_nothing_and_tells_nothing(ready):
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.writes == []
    assert ready.kube.events == []


def test_the_finalizer_comes_before_anything_that_outlives_kubernetes(memory):
    memory.reconcile()
    assert memory.kube.writes[0][0] == "finalizer"
    assert memory.body["metadata"]["finalizers"] == [FINALIZER]


def test_the_endpoints_are_published_after_the_api_has_answered(memory):
    memory.reconcile()
    assert memory.event_api.published_when_asked == [False]
    assert memory.keystone.endpoints


def test_each_role_of_the_database_has_its_own_account(memory):
    memory.reconcile()
    assert sorted(memory.database.roles.values()) == ["api", "expirer", "schema"]
    assert len({memory.database.accounts[name] for name in memory.database.roles}) == 3


def test_the_first_pass_tells_what_it_has_done(memory):
    memory.reconcile()
    assert memory.kube.reasons("Normal") == [
        "DatabaseCreated",
        "SchemaUpgraded",
        "ServiceUserSetUp",
        "EndpointsPublished",
        "Ready",
    ]
    assert memory.kube.reasons("Warning") == []


def test_a_schema_that_was_upgraded_before_a_failure_is_not_told_again(ready):
    ready.wait(minutes=1)
    ready.edit(customServiceConfig="nonsense")
    failed(ready)
    ready.wait(minutes=1)
    ready.edit(customServiceConfig="")
    ready.reconcile()
    assert "SchemaUpgraded" not in ready.kube.reasons("Normal")


def test_a_schema_that_another_image_upgraded_is_told(ready):
    ready.wait(minutes=1)
    ready.edit(image="panko:12")
    ready.reconcile()
    assert "SchemaUpgraded" in ready.kube.reasons("Normal")


# What is generated is written down before it is used


def test_passwords_survive_a_pass_that_dies_in_between(memory):
    memory.database.outage = True
    memory.reconcile()
    before = memory.secret("panko-db-api")["password"]
    memory.database.outage = False
    memory.reconcile()
    assert memory.secret("panko-db-api")["password"] == before
    assert base64.b64decode(before).decode() in memory.database.accounts.values()


def test_a_lost_secret_gets_a_new_password_everywhere(ready):
    before = ready.body["status"]["configHash"]
    del ready.kube.objects["Secret", "openstack", "panko-db-api"]
    assert ready.reconcile().pace is Pace.SETTLED
    assert text(ready, "panko-db-api", "password") in ready.database.accounts.values()
    assert ready.body["status"]["configHash"] != before


# Bad input and its recovery


@pytest.mark.parametrize("name", ["keystone-admin", "database-admin"])
def test_a_missing_secret_is_named(memory, name):
    kept = memory.kube.objects.pop(("Secret", "openstack", name))
    reason, message = failed(memory)
    assert reason == "SecretMissing"
    assert message.startswith(f"Secret {name} does not exist; create it in openstack")
    memory.kube.put(kept)
    assert memory.reconcile().pace is Pace.SETTLED


def test_a_missing_key_of_a_secret_is_named(memory):
    memory.kube.put_secret("openstack", "database-admin", username="root")
    assert failed(memory) == ("SecretMissing", "Secret database-admin has no key password; add it.")
    memory.kube.put_secret("openstack", "database-admin", username="root", password="root-password")
    assert memory.reconcile().pace is Pace.SETTLED


def test_everything_that_is_missing_is_named_at_once(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    del memory.kube.objects["Secret", "openstack", "keystone-admin"]
    memory.kube.put_secret("openstack", "database-admin", unused="x")
    reason, message = failed(memory)
    assert reason == "SecretMissing"
    assert message == (
        "Secret keystone-admin does not exist; create it in openstack with OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME, "
        "OS_USER_DOMAIN_NAME and OS_PROJECT_DOMAIN_NAME. "
        "Secret database-admin has no key username and password; add them. "
        "Secret mq does not exist; create it in openstack with password, for publisher mq."
    )


def test_a_secret_that_is_no_text_is_named(memory):
    memory.kube.objects["Secret", "openstack", "database-admin"]["data"]["password"] = "/w=="
    assert failed(memory) == ("InvalidInput", "Key password of Secret database-admin is not text; write it again.")


@pytest.mark.parametrize(
    ("field", "bad"), [("customServiceConfig", "workers = 3"), ("policy", "- a list")], ids=["config", "policy"]
)
def test_text_that_does_not_parse_is_a_condition_with_the_line(memory, field, bad):
    memory.edit(**{field: bad})
    reason, message = failed(memory)
    assert reason == "InvalidCustomConfig"
    assert f"spec.{field} line 1" in message
    memory.edit(**{field: ""})
    assert memory.reconcile().pace is Pace.SETTLED


def test_an_authority_of_memcached_has_to_be_there_before_pods_mount_it(memory):
    tls = {"caSecretRef": {"name": "cache-ca", "key": "ca.crt"}}
    memory.edit(memcached={"servers": ["memcached:11211"], "tls": tls})
    assert failed(memory)[1] == "Secret cache-ca does not exist; create it in openstack with ca.crt."
    memory.kube.put_secret("openstack", "cache-ca", **{"ca.crt": "no certificate"})
    assert "holds no certificate in PEM" in failed(memory)[1]
    memory.kube.put_secret("openstack", "cache-ca", **{"ca.crt": "-----BEGIN CERTIFICATE-----"})
    assert memory.reconcile().pace is Pace.SETTLED


def test_a_password_too_long_for_bcrypt_is_a_condition(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    memory.kube.put_secret("openstack", "mq", password="x" * 73)
    reason, message = failed(memory)
    assert reason == "InvalidInput"
    assert "publisher mq is longer than 72 bytes" in message
    assert "xxx" not in message


def test_bad_input_leaves_what_runs_alone(ready):
    before = set(ready.kube.objects)
    ready.edit(customServiceConfig="nonsense")
    failed(ready)
    assert set(ready.kube.objects) == before
    assert ready.keystone.endpoints


def test_a_failure_is_told_once_and_not_in_every_pass(memory):
    del memory.kube.objects["Secret", "openstack", "database-admin"]
    for _ in range(3):
        failed(memory)
    assert memory.kube.reasons("Warning") == ["SecretMissing"]


def test_a_failure_that_stays_writes_the_status_once(memory):
    del memory.kube.objects["Secret", "openstack", "database-admin"]
    failed(memory)
    memory.kube.writes.clear()
    memory.wait(minutes=5)
    failed(memory)
    assert memory.kube.writes == []


# Dependencies that fail


def test_a_database_that_does_not_answer_is_waited_for(memory):
    memory.database.outage = True
    reason, message = failed(memory)
    assert (reason, message) == ("DatabaseUnreachable", "The database server does not answer; check the network")
    assert memory.condition("Stalled")["status"] == "False"
    memory.database.outage = False
    assert memory.reconcile().pace is Pace.SETTLED


def test_a_refused_administrator_of_the_database_is_a_condition(memory):
    memory.database.accounts["root"] = "changed"
    assert failed(memory)[0] == "DatabaseLoginRefused"
    memory.kube.put_secret("openstack", "database-admin", username="root", password="changed")
    assert memory.reconcile().pace is Pace.SETTLED


def test_a_keystone_that_does_not_answer_is_a_condition_and_its_step_alone(ready):
    ready.keystone.outage = True
    assert failed(ready)[0] == "KeystoneUnreachable"
    assert ready.condition("DBSyncReady")["status"] == "True"
    assert ready.condition("KeystoneServiceReady")["status"] == "False"
    assert ready.condition("DeploymentReady")["status"] == "Unknown"
    assert ready.condition("CronJobReady")["status"] == "True"
    assert ready.kube.names("Deployment") == {"panko-api", "panko-haproxy"}


def test_a_rotated_keystone_administrator_is_picked_up(ready):
    ready.keystone.admins["admin"] = "rotated"
    reason, message = failed(ready)
    assert reason == "KeystoneLoginRefused"
    assert message.endswith("in Secret keystone-admin.")
    old = ready.kube.objects["Secret", "openstack", "keystone-admin"]
    old["data"]["OS_PASSWORD"] = base64.b64encode(b"rotated").decode()
    assert ready.reconcile().pace is Pace.SETTLED


def test_an_api_that_does_not_answer_is_not_published(memory):
    memory.event_api.fault = "http://panko answered 503: no database"
    assert failed(memory) == ("QueryFailed", "http://panko answered 503: no database")
    assert memory.keystone.endpoints == {}
    memory.event_api.fault = None
    memory.reconcile()
    assert memory.keystone.endpoints


def test_an_api_server_that_does_not_answer_ends_the_pass(ready):
    ready.kube.outage = True
    with pytest.raises(KubernetesUnreachableError):
        ready.reconcile()


def test_a_mistake_of_ours_is_a_condition(memory, caplog):
    def broken(*_arguments, **_options):
        raise ZeroDivisionError

    memory.database.ensure_database = broken
    reason, message = failed(memory)
    assert reason == "InternalError"
    assert "its log says how" in message
    assert "ZeroDivisionError" in caplog.text


# Work under way


def test_a_schema_job_under_way_is_waited_for_by_later_passes(memory):
    memory.kube.auto = False
    assert memory.reconcile().pace is Pace.WAITING
    assert memory.condition("DBSyncReady")["status"] == "Unknown"
    assert memory.condition("Ready")["status"] == "False"
    assert memory.kube.names("Deployment") == {"panko-haproxy"}


def test_a_deployment_that_rolls_out_is_neither_failed_nor_ready(ready):
    ready.kube.auto = False
    ready.edit(image="panko:12")
    assert ready.reconcile().pace is Pace.WAITING  # its schema Job first
    (job,) = [live for (kind, _, _), live in ready.kube.objects.items() if kind == "Job"]
    ready.kube.come_up(job)
    assert ready.reconcile().pace is Pace.WAITING
    assert ready.condition("DeploymentReady")["status"] == "Unknown"
    assert (ready.condition("Ready")["status"], ready.condition("Ready")["reason"]) == ("False", "RollingOut")
    assert ready.keystone.endpoints  # the old pods go on serving
    for live in list(ready.kube.objects.values()):
        ready.kube.come_up(live)
    assert ready.reconcile().pace is Pace.SETTLED


def test_a_panko_stays_ready_while_its_pods_are_replaced_and_is_told_to_be_at_work(ready):
    ready.reconcile()
    since = ready.condition("Ready")["lastTransitionTime"]
    ready.wait(minutes=1)
    live = ready.kube.objects["Deployment", "openstack", "panko-api"]
    live["status"] = {**live["status"], "replicas": 4, "updatedReplicas": 2}  # `kubectl rollout restart`
    assert ready.reconcile().pace is Pace.WAITING
    told = ready.condition("Ready")
    assert (told["status"], told["reason"], told["lastTransitionTime"]) == ("True", "RollingOut", since)
    assert ready.condition("Reconciling")["status"] == "True"
    assert ready.condition("DeploymentReady")["status"] == "Unknown"
    live["status"] = {**live["status"], "readyReplicas": 1}
    ready.reconcile()
    assert ready.condition("Ready")["status"] == "False"


def test_the_schema_is_upgraded_before_the_pods_get_the_image(ready):
    ready.kube.auto = False
    ready.edit(image="panko:12")
    ready.reconcile()
    deployment = ready.kube.objects["Deployment", "openstack", "panko-api"]
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "panko:11"


def test_the_job_of_another_image_is_ended_first(ready):
    (old,) = ready.kube.names("Job")
    ready.kube.auto = False
    ready.edit(image="panko:12")
    ready.reconcile()
    assert old not in ready.kube.names("Job")
    assert len(ready.kube.names("Job")) == 1


def test_a_failed_schema_job_says_where_to_look_and_is_made_anew(memory):
    memory.kube.auto = False
    memory.reconcile()
    (name,) = memory.kube.names("Job")
    memory.kube.fail_job(name, memory.time)
    assert f"`kubectl logs job/{name}`" in failed(memory)[1]
    memory.wait(seconds=59)
    failed(memory)
    assert memory.kube.names("Job") == {name}
    memory.wait(seconds=1)
    assert memory.reconcile().pace is Pace.WAITING
    assert memory.kube.names("Job") == set()
    memory.kube.auto = True
    memory.kube.come_up(memory.kube.objects["Deployment", "openstack", "panko-haproxy"])
    assert memory.reconcile().pace is Pace.SETTLED


# Publishers


def test_a_publisher_gets_a_password_that_its_line_of_htpasswd_fits(memory):
    memory.reconcile()
    name, _, hashed = text(memory, "panko-publisher-ceilometer", "htpasswd").partition(":")
    password = text(memory, "panko-publisher-ceilometer", "password")
    assert (name, text(memory, "panko-publisher-ceilometer", "username")) == ("ceilometer", "ceilometer")
    assert bcrypt.checkpw(password.encode(), hashed.encode())


def test_a_given_password_is_hashed_and_not_copied(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    memory.kube.put_secret("openstack", "mq", password="given")
    memory.reconcile()
    assert "password" not in memory.secret("panko-publisher-mq")
    assert bcrypt.checkpw(b"given", text(memory, "panko-publisher-mq", "htpasswd").partition(":")[2].encode())


def test_a_given_password_that_changes_is_another_configuration(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    memory.kube.put_secret("openstack", "mq", password="given")
    memory.reconcile()
    before = memory.body["status"]["configHash"]
    memory.kube.put_secret("openstack", "mq", password="another")
    memory.reconcile()
    assert memory.body["status"]["configHash"] != before
    assert "ConfigChanged" in memory.kube.reasons("Normal")


def accounts(memory):
    """The lines of htpasswd in the configuration that pods mount."""
    name = f"panko-config-{memory.body['status']['configHash']}"
    return [line.partition(":")[::2] for line in text(memory, name, "htpasswd").splitlines()]


def move_aside(memory):
    """Do what `kubectl patch` with a move does: the password becomes the previous one."""
    data = memory.kube.objects["Secret", "openstack", "panko-publisher-ceilometer"]["data"]
    data["previous-password"] = data.pop("password")


def fits(password, line):
    return bcrypt.checkpw(password.encode(), line[1].encode())


def test_a_password_that_is_taken_out_while_a_pass_looks_at_it_stays_out(ready, monkeypatch):
    move_aside(ready)
    ready.reconcile()
    live, check, left = ready.kube.objects["Secret", "openstack", "panko-publisher-ceilometer"], bcrypt.checkpw, [1]

    def check_meanwhile(*given):
        if left and left.pop():
            del live["data"]["previous-password"]
            ready.kube.touch(live)
        return check(*given)

    monkeypatch.setattr(bcrypt, "checkpw", check_meanwhile)
    before = copy.deepcopy(ready.body["status"])
    with pytest.raises(ChangedMeanwhileError):
        ready.reconcile()
    assert ready.body["status"] == before, "a lost race is no state of the Panko"
    assert ready.reconcile().pace is Pace.SETTLED
    assert "previous-password" not in ready.secret("panko-publisher-ceilometer")
    assert "previous-htpasswd" not in ready.secret("panko-publisher-ceilometer")


def test_a_password_that_is_deleted_while_a_pass_looks_at_it_does_not_come_back(ready, monkeypatch):
    key, check = ("Secret", "openstack", "panko-publisher-ceilometer"), bcrypt.checkpw
    leaked = text(ready, "panko-publisher-ceilometer", "password")

    def check_meanwhile(*given):
        ready.kube.objects.pop(key, None)
        return check(*given)

    monkeypatch.setattr(bcrypt, "checkpw", check_meanwhile)
    with pytest.raises(ChangedMeanwhileError):
        ready.reconcile()
    monkeypatch.setattr(bcrypt, "checkpw", check)
    ready.reconcile()
    assert text(ready, "panko-publisher-ceilometer", "password") != leaked


def test_a_generated_password_that_is_moved_aside_holds_beside_a_new_one(ready):
    old, (before,) = text(ready, "panko-publisher-ceilometer", "password"), accounts(ready)
    move_aside(ready)
    assert ready.reconcile().pace is Pace.SETTLED
    new = text(ready, "panko-publisher-ceilometer", "password")
    current, previous = accounts(ready)
    assert new != old
    assert fits(new, current)
    assert previous == before, "its line is not hashed again"
    assert "Previous passwords hold still: ceilometer;" in ready.condition("ServiceConfigReady")["message"]
    ready.kube.writes.clear()
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.writes == []

    del ready.kube.objects["Secret", "openstack", "panko-publisher-ceilometer"]["data"]["previous-password"]
    assert ready.reconcile().pace is Pace.SETTLED
    assert accounts(ready) == [current]
    assert text(ready, "panko-publisher-ceilometer", "password") == new
    assert "previous-htpasswd" not in ready.secret("panko-publisher-ceilometer")


def test_a_pass_that_dies_while_a_password_changes_makes_no_second_one(ready):
    move_aside(ready)
    apply = ready.kube.apply

    def dying(manifest, **options):
        if "-config-" in manifest["metadata"]["name"]:
            raise KubernetesUnreachableError("gone")
        return apply(manifest, **options)

    ready.kube.apply = dying
    ready.reconcile()
    kept = dict(ready.secret("panko-publisher-ceilometer"))
    ready.kube.apply = apply
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.secret("panko-publisher-ceilometer") == kept
    assert len(accounts(ready)) == 2


def test_a_given_secret_may_hold_the_previous_password_too(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "pass"}}])
    memory.kube.put_secret("openstack", "mq", **{"pass": "old"})
    memory.reconcile()
    memory.kube.put_secret("openstack", "mq", **{"pass": "new", "previous-pass": "old"})
    assert memory.reconcile().pace is Pace.SETTLED
    current, previous = accounts(memory)
    assert (fits("new", current), fits("old", previous)) == (True, True)
    assert set(memory.secret("panko-publisher-mq")) == {"username", "htpasswd", "previous-htpasswd"}
    memory.kube.put_secret("openstack", "mq", **{"pass": "new"})
    memory.reconcile()
    assert accounts(memory) == [current]


def test_a_previous_password_that_is_the_present_one_is_one(memory):
    memory.edit(publishers=[{"name": "mq", "passwordSecretRef": {"name": "mq", "key": "password"}}])
    memory.kube.put_secret("openstack", "mq", **{"password": "same", "previous-password": "same"})
    memory.reconcile()
    assert len(accounts(memory)) == 1


def test_a_secret_that_is_deleted_takes_both_passwords(ready):
    old = accounts(ready)
    move_aside(ready)
    ready.reconcile()
    del ready.kube.objects["Secret", "openstack", "panko-publisher-ceilometer"]
    ready.reconcile()
    (line,) = accounts(ready)
    assert line not in old
    assert fits(text(ready, "panko-publisher-ceilometer", "password"), line)


def test_the_secret_of_the_first_publisher_is_in_the_status(memory):
    memory.reconcile()
    assert memory.body["status"]["publisherSecret"] == "panko-publisher-ceilometer"


# The account that was given


@pytest.fixture
def given():
    database = {"host": "mariadb", "accountSecretRef": {"name": "account"}}
    memory = MemoryWorld({**SPEC, "database": database})
    memory.kube.put_secret("openstack", "account", username="mine", password="pass-1")
    memory.database.accounts = {"mine": "pass-1"}
    return memory


def test_a_given_account_is_used_and_nothing_is_made(given):
    assert given.reconcile().pace is Pace.SETTLED
    assert given.database.accounts == {"mine": "pass-1"}
    assert given.database.databases == set()
    assert text(given, "panko-db-schema", "username") == "mine"


def test_a_given_account_with_another_password_is_picked_up(given):
    given.reconcile()
    before = given.body["status"]["configHash"]
    given.database.accounts["mine"] = "pass-2"
    assert failed(given)[0] == "DatabaseLoginRefused"
    given.kube.put_secret("openstack", "account", username="mine", password="pass-2")
    assert given.reconcile().pace is Pace.SETTLED
    assert given.body["status"]["configHash"] != before
    assert text(given, "panko-db-expirer", "password") == "pass-2"


# What is no longer wanted


CONFIGS = {
    "panko-config-": ("Secret", lambda ready, number: ready.edit(customServiceConfig=limited(number))),
    "panko-haproxy-": (
        "ConfigMap",
        lambda ready, number: ready.edit(haproxy={**ready.body["spec"]["haproxy"], "maxConnections": 1000 + number}),
    ),
}


def limited(number):
    return f"[api]\ndefault_api_return_limit = {number}"


@pytest.fixture(params=CONFIGS)
def configured(request, ready):
    """A function that settles on the configuration of a number and returns its name, and one that names all."""
    kind, change = CONFIGS[request.param]

    def names():
        return {name for name in ready.kube.names(kind) if name.startswith(request.param)}

    def settle(number):
        change(ready, number)
        assert ready.reconcile().pace is Pace.SETTLED
        field = "recentConfigs" if kind == "Secret" else "recentHaproxyConfigs"
        assert set(ready.body["status"][field]) == names()
        return ready.body["status"][field][0]

    return settle, names


def test_the_last_three_configurations_are_kept_in_the_order_of_their_use(configured):
    settle, names = configured
    first, second = settle(1), settle(2)
    assert settle(1) == first  # the same content has the same name, and is there
    third = settle(3)
    assert names() == {first, second, third}
    fourth = settle(4)
    assert names() == {first, third, fourth}
    assert settle(4) == fourth
    assert settle(5)
    assert first not in names()


def test_as_many_configurations_are_kept_as_a_deployment_can_be_put_back_to(ready):
    for name in ("panko-api", "panko-haproxy"):
        deployment = ready.kube.objects["Deployment", "openstack", name]
        assert deployment["spec"]["revisionHistoryLimit"] + 1 == recent.KEPT


def test_the_configurations_of_a_haproxy_that_is_switched_off_go(ready):
    ready.edit(haproxy={**ready.body["spec"]["haproxy"], "enabled": False})
    assert ready.reconcile().pace is Pace.SETTLED
    assert not [name for name in ready.kube.names("ConfigMap") if name.startswith("panko-haproxy-")]


def test_the_configuration_of_before_stays_until_the_rollout_is_complete(ready):
    (old,) = [name for name in ready.kube.names("Secret") if "-config-" in name]
    ready.kube.auto = False
    for number in range(1, 5):
        ready.edit(customServiceConfig=limited(number))
        assert ready.reconcile().pace is Pace.WAITING
        assert old in ready.kube.names("Secret")
    for live in list(ready.kube.objects.values()):
        ready.kube.come_up(live)
    assert ready.reconcile().pace is Pace.SETTLED
    assert old not in ready.kube.names("Secret")


def test_a_publisher_that_is_gone_loses_its_secret_and_its_line(ready):
    ready.edit(publishers=[])
    assert ready.reconcile().pace is Pace.SETTLED
    assert "panko-publisher-ceilometer" not in ready.kube.names("Secret")
    assert "publisherSecret" not in ready.body["status"]


def test_haproxy_goes_after_the_service_has_left_it(ready):
    ready.edit(haproxy={**ready.body["spec"]["haproxy"], "enabled": False})
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.names("Deployment") == {"panko-api"}
    assert ready.kube.names("ConfigMap") == {"panko-dashboard"}
    writes = [write for write in ready.kube.writes if write[1] in ("Service", "Deployment") and "haproxy" in write[3]]
    service = ready.kube.writes.index(("apply", "Service", "openstack", "panko"))
    assert all(ready.kube.writes.index(write) > service for write in writes)


def test_unbounded_retention_has_no_cron_job(ready):
    ready.edit(retention={**ready.body["spec"]["retention"], "timeToLive": "0", "acknowledgeUnbounded": True})
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.names("CronJob") == set()


def test_a_single_pod_has_no_disruption_budget(ready):
    ready.edit(replicas=1)
    assert ready.reconcile().pace is Pace.SETTLED
    assert ready.kube.names("PodDisruptionBudget") == {"panko-haproxy"}


def test_no_replicas_hibernate_and_stay_registered(ready):
    asked = len(ready.event_api.asked)
    ready.edit(replicas=0)
    assert ready.reconcile().pace is Pace.SETTLED
    assert len(ready.event_api.asked) == asked
    assert ready.keystone.endpoints
    assert ready.body["status"]["replicas"] == 0


def test_a_deleted_child_comes_back(ready):
    del ready.kube.objects["Service", "openstack", "panko"]
    ready.reconcile()
    assert "panko" in ready.kube.names("Service")


def test_a_drifted_child_is_healed(ready):
    ready.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["replicas"] = 7
    ready.reconcile()
    assert ready.kube.objects["Deployment", "openstack", "panko-api"]["spec"]["replicas"] == 2
