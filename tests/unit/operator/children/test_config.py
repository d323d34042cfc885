"""The configuration of the service: what is generated, what may be added, and how it is named."""

import base64
import configparser
import dataclasses

import pytest
from sqlalchemy.engine import make_url

from panko_operator.children import config
from panko_operator.errors import CustomConfigError
from panko_operator.world.values import Login


def read(text):
    parser = configparser.RawConfigParser(strict=True)
    parser.read_string(text)
    return parser


def content(secret, key):
    return base64.b64decode(secret["data"][key]).decode()


def test_secret_is_immutable_and_named_by_what_it_holds(panko, make_panko, inputs):
    secret = config.secret(panko, inputs)
    assert secret["immutable"] is True
    assert secret == config.secret(panko, inputs)
    names = {
        config.secret(changed_panko, changed_inputs)["metadata"]["name"]
        for changed_panko, changed_inputs in [
            (panko, inputs),
            (make_panko({"api": {"threads": 4}}), inputs),
            (make_panko({"policy": 'segregation: "!"'}), inputs),
            (panko, dataclasses.replace(inputs, htpasswd_lines=())),
            (
                panko,
                dataclasses.replace(inputs, service_user=dataclasses.replace(inputs.service_user, password="another")),
            ),
        ]
    }
    assert len(names) == 5
    assert all(name.startswith("panko-config-") and len(name) == len("panko-config-") + 8 for name in names)


def test_name_cannot_be_guessed_from_the_content_without_the_key(panko, inputs):
    other = dataclasses.replace(inputs, hash_key="another key")
    assert config.secret(panko, inputs)["data"] == config.secret(panko, other)["data"]
    assert config.secret(panko, inputs)["metadata"]["name"] != config.secret(panko, other)["metadata"]["name"]


def test_hash_does_not_move_with_labels_of_a_new_release(panko, inputs):
    secret = config.secret(panko, inputs)
    secret["metadata"]["labels"]["new"] = "label"
    assert config.digest(secret, inputs.hash_key) == secret["metadata"]["name"].removeprefix("panko-config-")


def test_inputs_never_show_their_secrets(inputs):
    for hidden in ("p@ss/word", "service-user-password", "memcache-secret-key", "config-hash-key", "$2b$"):
        assert hidden not in repr(inputs)


@pytest.mark.parametrize("engine", ["mysql", "postgresql"])
@pytest.mark.parametrize("host", ["db.example.org", "192.0.2.1", "2001:db8::1"])
def test_connection_leads_to_the_database_whatever_the_password(make_panko, engine, host):
    panko = make_panko({"database": {"engine": engine, "host": host, "port": 1234}})
    login = Login("us@er", "p:@/?#%$ w\\ord")
    url = make_url(read(config.render_database(panko, "schema", login))["database"]["connection"])
    assert (url.username, url.password) == (login.username, login.password)
    assert (url.host, url.port, url.database) == (host, 1234, "panko_openstack_panko")
    assert url.get_backend_name() == engine


def test_pods_find_the_account_of_their_role_only(panko, inputs):
    rendered = config.render_api(panko, inputs)
    assert "panko-api-0a1b2c3d" in rendered
    assert "event_time_to_live" not in rendered
    schema = read(config.render_database(panko, "schema", Login("owner", "x")))
    assert dict(schema["database"]) == {
        "connection": "mysql+pymysql://owner:x@mariadb.openstack.svc:3306/panko_openstack_panko?charset=utf8mb4"
    }


def test_expirer_is_told_what_to_delete(make_panko):
    panko = make_panko({"retention": {"timeToLive": "48h", "batchSize": 500}})
    database = read(config.render_database(panko, "expirer", Login("expirer", "x")))["database"]
    assert (database["event_time_to_live"], database["events_delete_batch_size"]) == ("172800", "500")


def test_pool_has_a_connection_for_each_thread(make_panko, inputs):
    rendered = read(config.render_api(make_panko({"api": {"threads": 5}}), inputs))
    assert rendered["database"]["max_pool_size"] == rendered["api"]["threads"] == "5"


def test_token_cache_is_encrypted_where_there_is_memcached(make_panko, inputs):
    panko = make_panko({"memcached": {"servers": ["one:11211", "two:11211"]}})
    authtoken = read(config.render_api(panko, inputs))["keystone_authtoken"]
    assert authtoken["memcached_servers"] == "one:11211,two:11211"
    assert authtoken["memcache_security_strategy"] == "ENCRYPT"
    assert authtoken["memcache_secret_key"] == "memcache-secret-key"


@pytest.mark.parametrize("written", ["[fd00::1]:11211", "inet6:[fd00::1]:11211"])
def test_memcached_is_told_that_an_address_is_ipv6(make_panko, inputs, written):
    panko = make_panko({"memcached": {"servers": [written, "two:11211"]}})
    servers = read(config.render_api(panko, inputs))["keystone_authtoken"]["memcached_servers"]
    assert servers == "inet6:[fd00::1]:11211,two:11211"


def test_token_cache_is_not_mentioned_without_memcached(panko, inputs):
    assert "memcache" not in config.render_api(panko, inputs)


def test_token_validation_is_bounded_in_time(panko, inputs):
    authtoken = read(config.render_api(panko, inputs))["keystone_authtoken"]
    assert authtoken["delay_auth_decision"] == "false"
    assert authtoken["http_connect_timeout"] == "4"
    assert authtoken["http_request_max_retries"] == "1"
    assert authtoken["token_cache_time"] == "60"


def test_custom_config_is_merged_over_the_generated(make_panko, inputs):
    text = "[DEFAULT]\ndebug = true\n[keystone_authtoken]\ntoken_cache_time = 30\n[cors]\nallowed_origin = https://x\n"
    rendered = read(config.render_api(make_panko({"customServiceConfig": text}), inputs))
    assert rendered.defaults()["debug"] == "true"
    assert rendered["keystone_authtoken"]["token_cache_time"] == "30"
    assert rendered["keystone_authtoken"]["username"] == "panko-openstack-panko"
    assert rendered["cors"]["allowed_origin"] == "https://x"


def test_commands_log_as_the_api_does_and_take_nothing_else(make_panko):
    panko = make_panko({"customServiceConfig": "[DEFAULT]\ndebug = true\n[cors]\nallowed_origin = https://x\n"})
    rendered = read(config.render_database(panko, "expirer", Login("expirer", "x")))
    assert rendered.defaults()["debug"] == "true"
    assert rendered.sections() == ["database"]


@pytest.mark.parametrize(("section", "key"), sorted(config.OWNED))
def test_what_the_operator_owns_is_refused_with_the_line_and_what_to_do(make_panko, section, key):
    text = f"[DEFAULT]\ndebug = true\n\n[{section.upper()}]\n{key.replace('_', '-')} = sneaky\n"
    with pytest.raises(CustomConfigError) as error:
        config.check(make_panko({"customServiceConfig": text}))
    assert f"line 5: [{section}] {key} belongs to the operator; remove it (" in str(error.value)
    assert "sneaky" not in str(error.value)


def test_bad_policy_is_found_before_anything_is_made(make_panko):
    with pytest.raises(CustomConfigError, match=r"spec\.policy line 1"):
        config.check(make_panko({"policy": "- no"}))


def test_publishers_are_in_htpasswd_one_a_line(panko, inputs):
    lines = ("a:$2b$x", "b:$2b$y")
    secret = config.secret(panko, dataclasses.replace(inputs, htpasswd_lines=lines))
    assert content(secret, "htpasswd") == "a:$2b$x\nb:$2b$y\n"


def test_what_confines_a_publisher_comes_after_the_passwords(make_panko, inputs):
    publishers = [
        {"name": "nova", "eventTypes": ["compute.instance.*", "image.update"], "projects": ["p1", "p2"]},
        {"name": "all"},
        {"name": "one", "projects": ["p3"]},
    ]
    secret = config.secret(make_panko({"publishers": publishers}), dataclasses.replace(inputs, htpasswd_lines=("a:b",)))
    assert content(secret, "htpasswd") == (
        "a:b\nnova event_types=compute.instance.*,image.update\nnova projects=p1,p2\none projects=p3\n"
    )
