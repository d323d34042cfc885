"""Where the configuration comes from, and what holds without one."""

import pytest

from panko import config, opts
from panko.config import unknown_options
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


# Every option that the original knew, with a value of its own.
ORIGINAL = """
[DEFAULT]
api_paste_config = api_paste.ini
debug = false
logfile =
use_syslog = false
use_json = false
[api]
default_api_return_limit = 50
[cors]
allowed_origin = https://horizon.example.org
[cors.second]
allowed_origin = https://other.example.org
[database]
connection = mysql+pymysql://panko:pw@host/panko?charset=utf8
event_time_to_live = 86400
events_delete_batch_size = 500
es_ssl_enabled = false
es_index_name = events
sqlite_synchronous = true
backend = sqlalchemy
slave_connection = mysql+pymysql://panko:pw@replica/panko
mysql_sql_mode = TRADITIONAL
connection_recycle_time = 3600
max_pool_size = 5
max_retries = 10
retry_interval = 10
max_overflow = 50
connection_debug = 0
connection_trace = false
pool_timeout = 30
use_db_reconnect = false
db_retry_interval = 1
db_inc_retry_interval = true
db_max_retry_interval = 10
db_max_retries = 20
connection_parameters =
[keystone_authtoken]
auth_section = service_user
memcached_servers = host:11211
[oslo_middleware]
enable_proxy_headers_parsing = true
max_request_body_size = 114688
[oslo_policy]
policy_file = policy.yaml
[profiler]
enabled = false
hmac_keys = SECRET_KEY
[service_user]
auth_type = password
password = pw
[storage]
max_retries = 10
retry_interval = 10
"""


def test_file_of_the_original_is_read_and_what_means_nothing_any_more_is_named_once(make_conf, capsys):
    conf = make_conf(ORIGINAL)
    assert conf.database.event_time_to_live == 86400
    assert conf.database.max_pool_size == 5
    assert conf.api.default_api_return_limit == 50
    logged = capsys.readouterr().err
    assert len(logged.splitlines()) == 1
    obsolete = logged.partition("remove them: ")[2].strip().split(", ")
    assert len(set(obsolete)) == len(obsolete) == 25
    assert {"[DEFAULT] api_paste_config", "[database] max_overflow", "[storage] max_retries"} < set(obsolete)
    assert "[oslo_middleware] max_request_body_size (now [api] max_request_body_size)" in obsolete
    assert "pw" not in logged


def test_misspelt_option_is_named_but_not_its_value(make_conf):
    conf = make_conf("[api]\nworker = s3cret\n[DEFAULT]\nlog-file =\n[nowhere]\na = 1\na = 2\n")
    assert unknown_options.warnings(conf) == [
        "Unknown options are ignored; see whether they are misspelt: [api] worker, [nowhere] a"
    ]


def test_files_of_a_directory_are_looked_at_too(tmp_path):
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "api.conf").write_text("[api]\nworker = 1\n")
    conf = config.load(["--config-dir", str(tmp_path / "conf.d")], prog="panko-api", config_files=[])
    assert "[api] worker" in unknown_options.warnings(conf)[0]


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
