"""The page in a Panko's pods: where it is served, by which keys, and for whom."""

import base64
import configparser
import dataclasses

import pytest
from cryptography.fernet import Fernet

from panko import config as service
from panko.api.middleware.authentication import keystone
from panko.explore import settings
from panko_operator.children import api, config
from panko_operator.children.parts import explorer
from panko_operator.children.text import haproxy_config, session_keys
from servers import haproxy as real

INGRESS = {"ingress": {"host": "events.example.org"}}
PUBLIC = {"explorer": {"public": True}}


def configured(panko, inputs):
    secret = config.secret(panko, inputs)
    parser = configparser.RawConfigParser(strict=True)
    parser.read_string(base64.b64decode(secret["data"]["panko.conf"]).decode())
    return secret["data"], parser


def mounted(panko):
    template = api.template(panko, image="panko:11", config_name="panko-config-01234567")
    (volume,) = (one for one in template["spec"]["volumes"] if one["name"] == "config")
    return {item["path"] for item in volume["secret"]["items"]}


@pytest.fixture
def inputs_of_page(inputs):
    return dataclasses.replace(inputs, session_keys="a-secret another")


def test_the_pods_serve_it_by_keys_that_the_service_can_read(panko, inputs_of_page):
    data, conf = configured(panko, inputs_of_page)
    assert dict(conf["explorer"]) == {
        "enabled": "true",
        "session_keys_file": "/etc/panko/session-keys",
        "default_domain": "Default",
    }
    keys = base64.b64decode(data["session-keys"]).decode().split()
    assert len({Fernet(key) for key in keys}) == 2
    assert "session-keys" in mounted(panko)


def test_the_service_lets_people_log_in_where_the_panko_has_its_keystone(panko, inputs_of_page, tmp_path):
    (tmp_path / "panko.conf").write_text(config.render_api(panko, inputs_of_page))
    conf = service.read([], prog="panko-api", config_files=[str(tmp_path / "panko.conf")])
    keystone.check(conf)
    assert service.has_explorer(conf)
    login = settings.login(conf)
    assert login.auth_url == panko.spec.keystone.auth_url.rstrip("/").removesuffix("/v3") + "/v3"
    assert login.keys_file == "/etc/panko/session-keys"


def test_logins_with_an_identity_provider_are_configured_by_text_of_ones_own(make_panko, inputs_of_page, tmp_path):
    text = "[explorer]\nwebsso = Example Corp=openid\nwebsso_url = https://keystone.example.org\n"
    panko = make_panko({"customServiceConfig": text})
    (tmp_path / "panko.conf").write_text(config.render_api(panko, inputs_of_page))
    conf = service.read([], prog="panko-api", config_files=[str(tmp_path / "panko.conf")])
    keystone.check(conf)
    found = settings.login(conf).federation
    assert [way.name for way in found.ways] == ["Example Corp"]
    assert found.origin == "https://keystone.example.org"


def test_nothing_of_it_is_there_where_it_is_not_wanted(make_panko, inputs_of_page):
    panko = make_panko({"explorer": {"enabled": False}})
    data, conf = configured(panko, inputs_of_page)
    assert "session-keys" not in data
    assert not conf.has_section("explorer")
    assert "session-keys" not in mounted(panko)


@pytest.mark.parametrize(
    ("spec", "served"),
    [
        ({}, True),
        (INGRESS, True),
        (INGRESS | {"haproxy": {"enabled": False}}, False),
        (INGRESS | {"haproxy": {"enabled": False}} | PUBLIC, True),
        ({"service": {"type": "LoadBalancer"}}, False),
        ({"service": {"type": "LoadBalancer"}} | PUBLIC, True),
        ({"gateway": {"parentRefs": [{"name": "a"}]}}, False),
        ({"gateway": {"parentRefs": [{"name": "a"}], "hostnames": ["events.example.org"]}}, True),
        ({"gateway": {"parentRefs": [{"name": "a"}], "hostnames": ["*.example.org"]}}, False),
        ({"explorer": {"enabled": False, "public": True}}, False),
    ],
)
def test_it_is_served_where_the_public_can_be_kept_out_or_is_let_in(make_panko, spec, served):
    assert explorer.served(make_panko(spec)) is served


def test_any_text_is_a_key_and_the_same_one_each_time():
    assert session_keys.render("a\nb c") == session_keys.render("a b\nc")
    assert session_keys.render("") == ""
    assert Fernet(session_keys.render("x").strip())


@pytest.mark.parametrize(("spec", "outside"), [(INGRESS, 404), (INGRESS | PUBLIC, 200)])
def test_the_names_for_the_public_have_no_page_unless_it_is_asked_for(make_panko, tmp_path, spec, outside):
    text = haproxy_config.render(make_panko(spec), "cluster.local")
    with real.pods("127.0.0.2") as pods, real.running(text, pods, tmp_path) as proxy:
        proxy.wait_until(UP=1)
        for path in ("/explore", "/explore/", "/explore/login?next=x", "/%65xplore/", "//explore/"):
            for host in ("Events.Example.org:443", "events.example.org."):
                assert proxy.request("GET", path, headers={"Host": host})[0] == outside
            assert proxy.request("GET", path, headers={"Host": "panko.openstack.svc:8777"})[0] == 200
        assert proxy.request("GET", "/v2/events", headers={"Host": "events.example.org"})[0] == 200


def test_without_such_names_haproxy_is_told_nothing_of_it(panko):
    assert "explore" not in haproxy_config.render(panko, "cluster.local")
