"""When there is a page, and what it needs."""

import pytest
from cryptography.fernet import Fernet
from falcon import testing

from panko import config
from panko.api.pipeline import create_service
from panko.errors import ConfigurationError
from panko.explore import settings
from panko.explore.session.keys import Keys

KEYSTONE = "[api]\nauth_strategy = keystone\n[explorer]\nenabled = true\n"


def test_there_is_no_page_unless_it_is_asked_for(make_client):
    answer = make_client().simulate_get("/explore/")
    assert answer.status_code == 404
    assert answer.json["error_message"]["faultcode"] == "Client"


def test_without_any_configuration_there_is_one_for_this_machine_alone(connection):
    conf = config.read([], prog="panko-api", config_files=[])
    client = testing.TestClient(create_service(conf, connection))
    assert client.simulate_get("/explore/", headers={"Host": "localhost:8777"}).status_code == 200
    assert client.simulate_get("/explore/", headers={"Host": "elsewhere.example"}).status_code == 403


def test_who_is_believed_to_be_nobody_sees_nothing(make_client):
    answer = make_client("[api]\nauth_strategy = noauth\n[explorer]\nenabled = true\n").simulate_get("/explore/")
    assert answer.status_code == 403
    assert "<h1>You may not see this</h1>" in answer.text


def test_where_people_log_in_the_keys_and_the_url_are_asked_for(make_conf, connection, tmp_path):
    with pytest.raises(ConfigurationError, match="session_keys_file is not set"):
        create_service(make_conf(KEYSTONE), connection)
    (tmp_path / "keys").write_bytes(Fernet.generate_key())
    with pytest.raises(ConfigurationError, match="to the URL of Keystone"):
        create_service(make_conf(f"{KEYSTONE}session_keys_file = {tmp_path}/keys\n"), connection)


@pytest.mark.parametrize("written", ["https://keystone.example", "https://keystone.example/v3/"])
@pytest.mark.parametrize(
    "where", ["[explorer]\nauth_url", "[keystone_authtoken]\nwww_authenticate_uri", "[keystone_authtoken]\nauth_url"]
)
def test_keystone_is_found_where_it_is_configured(make_conf, connection, tmp_path, where, written):
    (tmp_path / "keys").write_bytes(Fernet.generate_key())
    text = f"{KEYSTONE}session_keys_file = {tmp_path}/keys\n{where} = {written}\n"
    conf = make_conf(text.replace("[explorer]\nauth_url", "auth_url"))
    create_service(conf, connection)
    found = settings.login(conf)  # after that the options of Keystone are known
    assert found.auth_url == "https://keystone.example/v3"
    assert found.verify is True


@pytest.mark.parametrize("content", ["", "no-key", "a" * 43 + "=\nno-key", "ü"])
def test_keys_that_cannot_be_used_are_told_without_a_word_of_them(tmp_path, content):
    (tmp_path / "keys").write_text(content)
    with pytest.raises(ConfigurationError) as raised:
        Keys(str(tmp_path / "keys"))
    assert "no-key" not in str(raised.value)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Keys(str(tmp_path / "absent"))


def test_keys_that_became_unreadable_stay_as_they_were(tmp_path):
    (tmp_path / "keys").write_bytes(Fernet.generate_key())
    keys = Keys(str(tmp_path / "keys"))
    sealed = keys.sealed(b"a")
    (tmp_path / "keys").write_text("")
    assert keys.opened(sealed, seconds=60) == b"a"
