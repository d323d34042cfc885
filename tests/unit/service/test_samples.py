"""oslo's generators write files that name everything, with the defaults that really hold."""

import subprocess
import sys
from pathlib import Path

import pytest

from panko import config, opts, policies
from panko.config import unknown_options
from rendering import programs

FOLDER = programs.REPOSITORY / "service" / "etc"


def generate(program, config_file, output):
    subprocess.run(
        [Path(sys.executable).with_name(program), "--config-file", FOLDER / config_file, "--output-file", output],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return output.read_text()


@pytest.fixture(scope="module")
def panko_conf(tmp_path_factory):
    return generate("oslo-config-generator", "config-generator.conf", tmp_path_factory.mktemp("a") / "panko.conf")


def test_every_option_is_in_the_sample_of_the_configuration(panko_conf):
    for group, options in opts.list_opts():
        section = panko_conf.partition(f"\n[{group}]\n")[2].partition("\n[")[0]
        for option in options:
            assert f"\n#{option.dest} =" in section, option.name  # of an empty list nothing follows


@pytest.mark.parametrize(
    "line", ["#service_type = event", "#http_connect_timeout = 4", "#allow_methods = GET,PUT,POST,DELETE,PATCH"]
)
def test_sample_shows_the_defaults_of_the_service_rather_than_those_of_its_libraries(panko_conf, line):
    assert line in panko_conf.splitlines()


def test_sample_is_a_configuration_in_which_everything_is_known(panko_conf, tmp_path):
    lines = [
        line.removeprefix("#") if " = " in line and not line.startswith("# ") else line
        for line in panko_conf.splitlines()
    ]
    kept = [line for line in lines if "= <" not in line and not line.startswith("logging_")]
    (tmp_path / "panko.conf").write_text("\n".join(kept))
    conf = config.load([], prog="panko-api", config_files=[str(tmp_path / "panko.conf")])
    assert unknown_options.warnings(conf) == []
    assert conf.api.threads == 8


def test_every_rule_is_in_the_sample_of_the_policy(tmp_path):
    sample = generate("oslopolicy-sample-generator", "policy-generator.conf", tmp_path / "policy.yaml")
    for rule in policies.list_rules():
        assert f'#"{rule.name}": "{rule.check_str}"' in sample
