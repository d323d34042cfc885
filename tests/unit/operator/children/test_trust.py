"""What pods trust: authorities are mounted where the configuration looks for them."""

import base64
import configparser

import pytest
from sqlalchemy.engine import make_url

from panko_operator.children import api, config, dbsync, expirer
from panko_operator.children.parts import trust
from panko_operator.world.values import Login

TLS = {"mode": "verify-full", "caSecretRef": {"name": "database-ca", "key": "ca.crt"}}
CLIENT = {**TLS, "clientSecretRef": {"name": "database-client"}}


def pods(panko):
    return [
        api.template(panko, image="panko:11", config_name="panko-config-1"),
        dbsync.job(panko, "panko:11")["spec"]["template"],
        expirer.cron_job(panko, image="panko:11")["spec"]["jobTemplate"]["spec"]["template"],
    ]


def files(pod):
    """Return the path of every file that the pod's container finds in a Secret, with the Secret and the key."""
    (container,) = pod["spec"]["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    return {
        f"{mounts[volume['name']]}/{item['path']}": (volume["secret"]["secretName"], item["key"])
        for volume in pod["spec"]["volumes"]
        if "secret" in volume
        for item in volume["secret"]["items"]
    }


def url(panko):
    parser = configparser.RawConfigParser(strict=True)
    parser.read_string(config.render_database(panko, "schema", Login("user", "p%/?word")))
    return make_url(parser["database"]["connection"].replace("$$", "$"))


def test_without_authorities_nothing_is_mounted_and_asked_for(panko):
    for pod in pods(panko):
        assert not any(path.startswith(trust.DIRECTORY) for path in files(pod))
    assert dict(url(panko).query) == {"charset": "utf8mb4"}


@pytest.mark.parametrize(
    ("engine", "mode", "tls", "expected"),
    [
        ("mysql", "verify-full", TLS, {"charset": "utf8mb4", "ssl_ca": trust.DATABASE_CA}),
        (
            "mysql",
            "verify-ca",
            TLS,
            {"charset": "utf8mb4", "ssl_ca": trust.DATABASE_CA, "ssl_check_hostname": "false"},
        ),
        ("postgresql", "verify-full", TLS, {"sslmode": "verify-full", "sslrootcert": trust.DATABASE_CA}),
        ("postgresql", "verify-ca", TLS, {"sslmode": "verify-ca", "sslrootcert": trust.DATABASE_CA}),
    ],
)
def test_the_url_names_the_authority_that_is_mounted(make_panko, engine, mode, tls, expected):
    panko = make_panko({"database": {"engine": engine, "tls": {**tls, "mode": mode}}})
    assert dict(url(panko).query) == expected
    for pod in pods(panko):
        assert files(pod)[trust.DATABASE_CA] == ("database-ca", "ca.crt")


@pytest.mark.parametrize("engine", ["mysql", "postgresql"])
def test_a_certificate_of_our_own_is_mounted_where_the_url_says(make_panko, engine):
    panko = make_panko({"database": {"engine": engine, "tls": CLIENT}})
    named = {path for name, path in url(panko).query.items() if name in ("ssl_cert", "ssl_key", "sslcert", "sslkey")}
    assert len(named) == 2
    for pod in pods(panko):
        assert named <= set(files(pod))


def test_keystones_authority_is_for_the_api_alone(make_panko, inputs):
    panko = make_panko({"keystone": {"caSecretRef": {"name": "cloud-ca", "key": "bundle.pem"}}})
    api_pod, *others = pods(panko)
    assert files(api_pod)[trust.KEYSTONE_CA] == ("cloud-ca", "bundle.pem")
    assert not any(trust.KEYSTONE_CA in files(pod) for pod in others)
    rendered = base64.b64decode(config.secret(panko, inputs)["data"]["panko.conf"]).decode()
    assert f"cafile = {trust.KEYSTONE_CA}" in rendered


def test_a_change_of_what_is_trusted_wakes_the_panko(make_panko):
    panko = make_panko(
        {"database": {"tls": CLIENT}, "keystone": {"caSecretRef": {"name": "cloud-ca", "key": "ca.crt"}}}
    )
    assert {"database-ca", "database-client", "cloud-ca"} <= panko.referenced_secrets()


MEMCACHED = {"servers": ["memcached:11211"], "tls": {"caSecretRef": {"name": "cache-ca", "key": "bundle.pem"}}}


def authtoken(panko, inputs):
    parser = configparser.RawConfigParser(strict=True)
    parser.read_string(config.render_api(panko, inputs))
    return {name: value for name, value in parser["keystone_authtoken"].items() if name.startswith("memcache_tls")}


def test_memcacheds_authority_is_for_the_api_alone(make_panko, inputs):
    panko = make_panko({"memcached": MEMCACHED})
    assert authtoken(panko, inputs) == {"memcache_tls_enabled": "true", "memcache_tls_cafile": trust.MEMCACHED_CA}
    api_pod, *others = pods(panko)
    assert files(api_pod)[trust.MEMCACHED_CA] == ("cache-ca", "bundle.pem")
    assert not any(trust.MEMCACHED_CA in files(pod) for pod in others)
    assert "cache-ca" in panko.referenced_secrets()


def test_a_certificate_for_memcached_is_mounted_where_the_configuration_says(make_panko, inputs):
    tls = {**MEMCACHED["tls"], "clientSecretRef": {"name": "cache-client"}}
    panko = make_panko({"memcached": {**MEMCACHED, "tls": tls}})
    options = authtoken(panko, inputs)
    api_pod = files(pods(panko)[0])
    assert api_pod[options["memcache_tls_certfile"]] == ("cache-client", "tls.crt")
    assert api_pod[options["memcache_tls_keyfile"]] == ("cache-client", "tls.key")
    assert {"cache-ca", "cache-client"} <= panko.referenced_secrets()


def test_without_servers_of_memcached_no_authority_is_mounted(make_panko, inputs):
    panko = make_panko({"memcached": {**MEMCACHED, "servers": []}})
    assert authtoken(panko, inputs) == {}
    assert not any("memcached" in path for path in files(pods(panko)[0]))
