"""What the operator takes, the service takes too, and understands in the same way: oslo's own parsers are the judge."""

import dataclasses

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from oslo_config import cfg
from oslo_policy import _checks, _parser

from fakes import crd
from panko import config as service
from panko.errors import ConfigurationError
from panko.storage.sql.rows.tables import METADATA
from panko_operator.children import config
from panko_operator.children.text import checks, ini, known, options
from panko_operator.database import marks
from panko_operator.errors import CustomConfigError
from rendering import service_options

QUIETLY = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
WORDS = ["and", "or", "not", "AND", "(", ")", "role:a", "rule:b", "@", "!", "x", "'q'", "(role:a", "role:b)", "a:%(b)s"]
LINES = [
    "[DEFAULT]", "[api]", "[API]", "[keystone_authtoken]", "[cors]", "[oslo_policy]", "[cors.a]", "[database",
    "debug = true", "debug: no", "debug = ture", "log-config = /etc/passwd", "port = 1", "host=::", "user-name = x",
    "max_api_return_limit = 7", "max_api_return_limit = 1_0", "allowed_origin = a, b", "memcache_servers = evil:11211",
    "token_cache_time = 300", "token_cache_time = 301", "  continued", "# comment", "; comment", "", "= x", "novalue",
    "allowed_origin = ${database.connection}", "allowed_origin = $$x", "policy_dirs = /tmp", "\tport = 2",
]  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """Read text as panko-api does."""

    def load(text):
        file = tmp_path / "panko.conf"
        file.write_text(text)
        return service.load(["--config-file", str(file)], prog="panko-api")

    return load


def test_what_the_operator_knows_is_what_the_service_registers():
    assert service_options.PATH.read_text() == service_options.text(), "run `make manifests`"


@QUIETLY
@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
@example("")
@example(" ")
@example("not not role:a")
@example("role:a and role:b or role:c and not (role:d or @)")
def test_a_check_has_the_verdict_of_oslo_policy(text):
    assert (checks.problem(text) is None) == parses(text)


def parses(text):
    """Tell whether oslo.policy makes of a check what is written there."""
    state = _parser.ParseState()
    for token in _parser._parse_tokenize(text):
        if isinstance(token.value, _checks.FalseCheck) and "!" not in text:
            return False
        state.shift(token)
    if any(word.strip("()") == "x" for word in text.split()):
        return False  # in silence a refusal of everybody
    try:
        return not text or bool(state.result)
    except ValueError:
        return False


# Most of these are taken: free text as the value of options that take any, and nothing else wrong.
VALUED = st.builds(
    "{}{}{}".format,
    st.sampled_from(["[cors]\nallowed_origin", "[DEFAULT]\ndebug = true\n[cors]\nallow_headers"]),
    st.sampled_from([" = ", ":", "=", " =\n  "]),
    st.text(max_size=30),
)


@QUIETLY
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=7).map("\n".join) | VALUED)
@example("[DEFAULT]\ndebug = true\r[api]\rauth_strategy = noauth")
@example("[DEFAULT]\ndebug = true\x0b[api]\x0bauth_strategy = noauth")
@example("[cors]\nallowed_origin = a\u2028[api]\u2028force_noauth = true")
@example("[keystone_authtoken]\nmemcache_servers = evil:11211")
@example("[cors]\nallowed_origin = a\n [api]\n force_noauth = true")
def test_no_text_changes_what_the_operator_owns(panko, inputs, read, text):
    told = dataclasses.replace(panko, spec=dataclasses.replace(panko.spec, custom_service_config=text))
    try:
        rendered = config.render_api(told, inputs)
    except CustomConfigError:
        return
    usual = config.render_api(panko, inputs)
    assert owned(rendered) == owned(usual)
    conf, plain = read(rendered), read(usual)
    for section, name in config.OWNED:
        if section in {"api", "database", "metrics"}:
            assert conf[section][name] == plain[section][name]


def owned(text):
    """Return what oslo.config finds for the keys of the operator, under any of their names."""
    found = {}
    parser = cfg.ConfigParser("panko.conf", found)
    cfg.iniparser.BaseParser.parse(parser, text.split("\n"))
    names = {*config.OWNED, *((section, old) for (section, old) in known.OLD_NAMES)}
    return {key: values for key in names if (values := found.get(key[0], {}).get(key[1])) is not None}


VALUES = [
    "true",
    "No",
    "ture",
    "",
    "7",
    "-1",
    "1e3",
    "0.5",
    "nan",
    "inf",
    "0",
    "99999999",
    "1_0",
    " 8 ",
    "ENCRYPT",
    "x",
]
OF_THE_SERVICE = [key for key in known.OPTIONS if key[0] in {"api", "database"} and key not in config.OWNED]


def test_the_operator_takes_every_table_of_the_service_for_one_of_a_panko():
    """Or a restored dump would be somebody else's database."""
    assert set(METADATA.tables) <= marks.TABLES


@pytest.mark.parametrize("key", OF_THE_SERVICE, ids=".".join)
def test_a_value_that_is_taken_is_one_for_the_service(read, key):
    section, name = key
    for value in VALUES:
        option = ini.Assignment(section, name, value.strip(), 1)
        if options.problem(option) is None:
            read(f"[{section}]\n{name} = {value}\n")
        elif value not in {"", "nan", "inf"}:  # which it would take, and make little of
            with pytest.raises(ConfigurationError):
                read(f"[{section}]\n{name} = {value}\n")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("[api]\nmax_api_return_limit = lots", "line 2: .* has to be a whole number, at least 1"),
        ("[DEFAULT]\n\ndebug = ture", "line 3: .* has to be true or false"),
        ("[database]\nslow_query_seconds = -1", "line 2: .* has to be a number, at least 0"),
        ("[DEFAULT]\nlog_rotation_type = never", "line 2: .* one of interval, size, none"),
        ("[keystone_authtoken]\ntoken_cache_time = 301", "line 2: .* at most 300"),
        ("[keystone_authtoken]\nmemcache-servers = x:1", "line 2: .*memcache_servers belongs to the operator"),
        ("[keystone_authtoken]\ntenant-id = x", "line 2: .*tenant_id belongs to the operator"),
        ("[DEFAULT]\nlog_config = /etc/x", "line 2: .*log_config belongs to the operator"),
        ("[DEFAULT]\nconfig_file = /etc/x", "line 2: the service has no option .*config_file"),
        ("[DEFAULT]\nconfig_dir = /etc", "line 2: the service has no option .*config_dir"),
        ("[oslo_polcy]\nenforce_new_defaults = true", "line 2: the service has no option"),
        ("[cors]\nallowed_origin = $database.connection", "line 2: .* refers to another option"),
        ("[DEFAULT]\ndebug = true\r", "line 2: .* U.000D"),
        ("[DEFAULT]\ndebug = true\x1e", "line 2: .* U.001E"),
    ],
)
def test_what_means_nothing_is_refused_with_its_line(make_panko, text, advice):
    with pytest.raises(CustomConfigError, match=rf"spec\.customServiceConfig {advice}"):
        config.check(make_panko({"customServiceConfig": text}))


@pytest.mark.parametrize("name", sorted(file.stem for file in crd.SAMPLES.glob("*.yaml")))
def test_samples_mean_something(make_panko, name):
    config.check(make_panko(sample=name))


def test_the_examples_of_the_documentation_mean_something(make_panko):
    page = (crd.ROOT / "docs/configuration.md").read_text()
    examples = [
        yaml.safe_load(block.partition("\n")[2])["spec"] for block in page.split("```")[1::2] if "spec:" in block
    ]
    assert {name for spec in examples for name in spec} == {"customServiceConfig", "policy"}
    for spec in examples:
        config.check(make_panko(spec))
