"""The two distributions share a format: the service's own parser reads what the operator writes."""

import pytest
from keystoneauth1.loading import get_auth_plugin_conf_options
from keystonemiddleware.auth_token import _opts as authtoken
from oslo_config import cfg
from oslo_middleware import opts as middleware
from oslo_policy import opts as oslo_policy

from panko import config as service
from panko import opts
from panko.api.callers.confinement import Confinement
from panko.api.middleware.authentication import htpasswd as service_htpasswd
from panko.archive.opening import target_of
from panko.cmd import dbsync as dbsync_command
from panko.cmd import expirer as expirer_command
from panko.errors import ConfigurationError
from panko_operator.children import config, dbsync, expirer
from panko_operator.children.collector import config as collector_config
from panko_operator.children.collector.transport import Transport
from panko_operator.children.text import htpasswd, ini, known
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION
from panko_operator.world.values import Login

AUTHTOKEN_PLUGIN = [
    ("keystone_authtoken", get_auth_plugin_conf_options(name)) for name in ("password", "v3applicationcredential")
]


@pytest.fixture
def read(tmp_path):
    """Read text as one of the service's programs does."""

    def load(text):
        file = tmp_path / "panko.conf"
        file.write_text(text)
        return service.load(["--config-file", str(file)], prog="panko-api")

    return load


def known_options():
    """Return every (section, option) that the service or a library of it reads."""
    listed = [*opts.list_opts(), *authtoken.list_opts(), *AUTHTOKEN_PLUGIN, *middleware.list_opts()]
    listed += oslo_policy.list_opts()
    return {(group, option.dest) for group, options in listed for option in options}


@pytest.mark.parametrize("memcached", [[], ["memcached:11211"]])
def test_every_option_of_the_api_is_one_that_the_service_reads(make_panko, inputs, memcached):
    tls = {"caSecretRef": {"name": "ca", "key": "ca.crt"}, "clientSecretRef": {"name": "client"}}
    rendered = config.render_api(make_panko({"memcached": {"servers": memcached, "tls": tls}}), inputs)
    written = {(one.section, one.key) for one in ini.parse(rendered, "test")}
    assert written - known_options() == set()


@pytest.mark.parametrize("role", ["schema", "expirer"])
def test_every_option_of_the_commands_is_one_that_the_service_reads(panko, role):
    rendered = config.render_database(panko, role, Login("user", "password"))
    assert {(one.section, one.key) for one in ini.parse(rendered, "test")} <= known_options()


def test_every_option_that_the_operator_owns_exists():
    assert set(config.OWNED) - set(known.OPTIONS) == set()


def test_service_understands_what_it_is_told(make_panko, inputs, read):
    panko = make_panko({"api": {"workers": 3, "threads": 5}})
    conf = read(config.render_api(panko, inputs))
    assert (conf.api.port, conf.api.workers, conf.api.threads) == (8777, 3, 5)
    assert conf.api.drain_file == "/run/panko/draining"
    assert (conf.metrics.host, conf.metrics.port) == ("::", 9777)
    assert service.auth_strategy(conf) == "keystone"
    assert conf.database.max_pool_size == 5
    conf.register_opts(AUTHTOKEN_PLUGIN[0][1], group="keystone_authtoken")
    assert conf.keystone_authtoken.password == "service-user-password"


CUSTOM_OF_COLLECTOR = "[collector]\nbatch_size = 50\n[api]\nmax_raw_size = 2048\nheader_timeout = 3\n"


def test_collector_understands_what_it_is_told(make_panko, read):
    fields = {
        "transportURLSecretRefs": [{"name": "one"}, {"name": "two"}],
        "exchanges": ["nova", "cinder"],
        "sampleTopics": ["event"],
        "telemetrySecretRef": {"name": "telemetry"},
        "definitionsConfigMapRef": {"name": "definitions"},
    }
    panko = make_panko({"collector": fields, "customServiceConfig": CUSTOM_OF_COLLECTOR})
    urls = ("rabbit://a:p$ss,w\\ord@one:5672,a:p$ss@two:5672/", "rabbit://b:c@three/cell1?ssl=1")
    given = collector_config.Given(urls, "s$gned", "- event_type: a\n")
    rendered = collector_config.render(panko, panko.spec.collector, given, login=Login("user", "p$w%rd"))
    assert {one.section for one in ini.scan(rendered, "test")} == {"api", "collector", "database"}
    assert {(one.section, one.key) for one in ini.scan(rendered, "test")} <= known_options()
    assert "header_timeout" not in rendered
    assert read(rendered).api.max_raw_size == 2048
    found = read(rendered).collector
    assert tuple(found.transport_url) == urls
    assert (found.exchanges, found.topics, found.sample_topics) == (["nova", "cinder"], ["notifications"], ["event"])
    assert (found.telemetry_secret, found.event_definitions) == ("s$gned", "/etc/panko/event_definitions.yaml")
    assert (found.health_host, found.health_port, found.batch_size) == ("::", 9778, 50)


@pytest.mark.parametrize(("ca", "query", "encrypted"), [(True, "", True), (True, "?ssl=0", False), (False, "", False)])
def test_keda_is_told_to_encrypt_where_the_collector_does(make_panko, read, ca, query, encrypted):
    authority = {"caSecretRef": {"name": "rabbit-ca"}} if ca else {}
    panko = make_panko({"collector": {"transportURLSecretRefs": [{"name": "one"}], **authority}})
    url = f"rabbit://a:b@one:5671/{query}"
    given = collector_config.Given((url,))
    conf = read(collector_config.render(panko, panko.spec.collector, given, login=Login("user", "password")))
    # As oslo.messaging has them, which is not there where the operator is.
    conf.register_opts([cfg.BoolOpt("ssl", default=False), cfg.StrOpt("ssl_ca_file")], group="oslo_messaging_rabbit")
    assert conf.oslo_messaging_rabbit.ssl is ca
    assert conf.oslo_messaging_rabbit.ssl_ca_file == ("/etc/panko-trust/rabbitmq/ca.crt" if ca else None)
    assert Transport.parse(url, encrypted=ca).encrypted is encrypted


def test_expirer_understands_where_it_archives(make_panko, read):
    s3 = {
        "endpoint": "https://objects.example.org:9000",
        "bucket": "cloud-events",
        "prefix": "cloud-1/$events",
        "region": "eu-central-1",
        "secretRef": {"name": "archive"},
        "caSecretRef": {"name": "objects-ca"},
    }
    panko, login = make_panko({"retention": {"archive": {"s3": s3}}}), Login("user", "password")
    rendered = config.render_database(panko, "expirer", login, archive_key=Login("archiver", "s$cret"))
    assert {(one.section, one.key) for one in ini.parse(rendered, "test")} <= known_options()
    found = read(rendered).archive
    assert (found.s3_endpoint, found.s3_bucket) == ("https://objects.example.org:9000", "cloud-events")
    assert (found.s3_prefix, found.s3_region) == ("cloud-1/$events", "eu-central-1")
    assert (found.s3_access_key_id, found.s3_secret_access_key) == ("archiver", "s$cret")
    assert found.directory is None
    assert "[archive]" not in config.render_database(panko, "schema", login)


def test_expirer_without_the_key_of_its_archive_logs_in_as_nobody_and_says_so(make_panko, read):
    s3 = {"bucket": "cloud-events", "secretRef": {"name": "archive"}}
    rendered = config.render_database(
        make_panko({"retention": {"archive": {"s3": s3}}}), "expirer", Login("user", "password"), archive_key=None
    )
    with pytest.raises(ConfigurationError, match=r"\[archive\] the key is missing: write .*secretRef names\.$"):
        target_of(read(rendered))


def test_expirer_ends_by_itself_before_its_job_is_ended(panko, tmp_path):
    job = expirer.cron_job(panko, image="panko")["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    file = tmp_path / "panko.conf"
    file.write_text(config.render_database(panko, "expirer", Login("user", "password")))
    program, *arguments = [word.replace(config.CONF_FILE, str(file)) for word in container["command"]]
    conf = service.load(arguments, prog=program, cli_opts=expirer_command.CLI_OPTS)
    assert 0 < conf.max_runtime <= job["activeDeadlineSeconds"] - 240


def test_expirer_understands_what_it_is_told(panko, read):
    conf = read(config.render_database(panko, "expirer", Login("user", "p$w%rd")))
    assert conf.database.event_time_to_live == 30 * 24 * 3600
    assert conf.database.events_delete_batch_size == 1000
    assert (
        service.database_url(conf)
        == "mysql+pymysql://user:p%24w%25rd@mariadb.openstack.svc:3306/panko_openstack_panko?charset=utf8mb4"
    )


def test_dbsync_understands_what_it_may_and_is_to_do(make_panko, tmp_path):
    wanted = {"database": {"compressPages": True}}
    panko = make_panko(wanted, annotations={ALLOW_REWRITE_ANNOTATION: "true"})
    (container,) = dbsync.job(panko, "panko")["spec"]["template"]["spec"]["containers"]
    file = tmp_path / "panko.conf"
    file.write_text(config.render_database(panko, "schema", Login("user", "password")))
    program, *arguments = [word.replace(config.CONF_FILE, str(file)) for word in container["command"]]
    read = service.load(arguments, prog=program, cli_opts=dbsync_command.CLI_OPTS)
    assert (read.allow_rewrite, read.compress_pages) == (True, True)


@pytest.mark.parametrize("phase", dbsync.Phase)
def test_dbsync_understands_which_part_it_is_to_do_and_where_it_reports(phase, make_panko, tmp_path):
    (container,) = dbsync.job(make_panko(), "panko", phase=phase)["spec"]["template"]["spec"]["containers"]
    file = tmp_path / "panko.conf"
    file.write_text(config.render_database(make_panko(), "schema", Login("user", "password")))
    program, *arguments = [word.replace(config.CONF_FILE, str(file)) for word in container["command"]]
    conf = service.load(arguments, prog=program, cli_opts=dbsync_command.CLI_OPTS)
    assert dbsync_command.phase_of(conf).value == phase.value
    assert conf.report == container.get("terminationMessagePath", "/dev/termination-log")


def test_service_confines_publishers_as_the_resource_says(make_panko, tmp_path):
    confined = {"eventTypes": ["compute.instance.*"], "projects": ["2f6e"]}
    panko = make_panko({"publishers": [{"name": "nova", **confined}, {"name": "all"}]})
    hashed = "$2b$10$" + "x" * 53
    text = htpasswd.render(panko.spec.publishers, [f"nova:{hashed}", f"all:{hashed}"])
    accounts = service_htpasswd.parse(text, tmp_path)
    assert accounts["nova"].confinement == Confinement(event_types=("compute.instance.*",), projects=("2f6e",))
    assert accounts["all"].confinement is None
