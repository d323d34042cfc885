"""The two distributions share a format: the service's own parser reads what the operator writes."""

import pytest
from keystoneauth1.loading import get_auth_plugin_conf_options
from keystonemiddleware.auth_token import _opts as authtoken
from oslo_middleware import opts as middleware
from oslo_policy import opts as oslo_policy

from panko import config as service
from panko import opts
from panko.api.callers.confinement import Confinement
from panko.api.middleware.authentication import htpasswd as service_htpasswd
from panko.cmd import dbsync as dbsync_command
from panko_operator.children import config, dbsync
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


def test_expirer_understands_what_it_is_told(panko, read):
    conf = read(config.render_database(panko, "expirer", Login("user", "p$w%rd")))
    assert conf.database.event_time_to_live == 30 * 24 * 3600
    assert conf.database.events_delete_batch_size == 1000
    assert (
        service.database_url(conf)
        == "mysql+pymysql://user:p%24w%25rd@mariadb.openstack.svc:3306/panko_openstack_panko?charset=utf8mb4"
    )


def test_dbsync_understands_that_it_may_rewrite_big_tables(make_panko, tmp_path):
    panko = make_panko(annotations={ALLOW_REWRITE_ANNOTATION: "true"})
    (container,) = dbsync.job(panko, "panko")["spec"]["template"]["spec"]["containers"]
    file = tmp_path / "panko.conf"
    file.write_text(config.render_database(panko, "schema", Login("user", "password")))
    program, *arguments = [word.replace(config.CONF_FILE, str(file)) for word in container["command"]]
    assert service.load(arguments, prog=program, cli_opts=dbsync_command.CLI_OPTS).allow_rewrite is True


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
