"""Where the configuration comes from, and what holds without one."""

import pytest

from panko import config, opts
from panko.errors import ConfigurationError


def test_without_any_file_the_service_looks_after_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    conf = config.load([], prog="panko-api", config_files=[])
    assert config.is_embedded(conf)
    assert config.auth_strategy(conf) == "noauth"
    assert config.database_url(conf) == f"sqlite:///{tmp_path}/panko/panko.sqlite"
    assert (tmp_path / "panko").stat().st_mode & 0o777 == 0o700


def test_with_a_file_keystone_is_the_rule_and_a_database_is_needed(make_conf):
    conf = make_conf()
    assert config.auth_strategy(conf) == "keystone"
    with pytest.raises(ConfigurationError, match=r"set \[database\] connection"):
        config.database_url(conf)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("connection = mysql://new/panko", "mysql://new/panko"),
        ("event_connection = mysql://old/panko", "mysql://old/panko"),
        ("connection = mysql://new/panko\nevent_connection = mysql://old/panko", "mysql://new/panko"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_connection_is_read_before_event_connection(make_conf, text, url):
    assert config.database_url(make_conf(f"[database]\n{text}\n")) == url


def test_file_of_the_original_is_read(make_conf):
    conf = make_conf(
        "[DEFAULT]\napi_paste_config = api_paste.ini\ndebug = false\n"
        "[database]\nconnection = mysql+pymysql://panko:pw@host/panko?charset=utf8\nevent_time_to_live = 86400\n"
        "es_ssl_enabled = false\nmax_overflow = 50\nmysql_sql_mode = TRADITIONAL\n"
        "[storage]\nmax_retries = 10\n[oslo_policy]\npolicy_file = policy.yaml\n[profiler]\nenabled = false\n"
    )
    assert conf.database.event_time_to_live == 86400
    assert conf.api.default_api_return_limit == 100


def test_wrong_value_is_found_at_once(make_conf):
    with pytest.raises(ConfigurationError, match="workers"):
        make_conf("[api]\nworkers = 0\n")


def test_every_option_says_what_it_means():
    for _group, options in opts.list_opts():
        for option in options:
            assert option.help, option.name
            assert option.help.endswith("."), option.name


def test_urls_of_databases_are_secret():
    options = dict(opts.list_opts())["database"]
    assert {option.name for option in options if option.secret} == {"connection", "event_connection"}
