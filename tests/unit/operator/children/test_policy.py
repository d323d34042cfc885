"""Policy overrides."""

import pytest
import yaml

from panko_operator.children.text import policy
from panko_operator.errors import CustomConfigError

RULES = '"telemetry:events:index": "role:reader"\nsegregation: "!"\n'


def test_rules_are_read():
    assert policy.parse(RULES) == {"telemetry:events:index": "role:reader", "segregation": "!"}


def test_rules_are_written_so_that_they_read_the_same():
    assert yaml.safe_load(policy.render(RULES)) == policy.parse(RULES)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_no_policy_is_an_empty_file_of_rules(text):
    assert policy.render(text) == "{}\n"


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a: b\nc: [d", 2, "no YAML"),
        ("a: b\n\tc: d", 2, "no YAML"),
        ("- a", 1, "write rules as"),
        ("just words", 1, "write rules as"),
        ("a: b\nc: 1", 2, "rule c has to be text"),
        ("a: b\nc: true", 2, "double quotes"),
        ("a: b\nc:\n  - d", 3, "rule c has to be text"),
        ("a: b\n\na: c", 3, "rule a is there twice"),
        ("a: !!python/object:os.system x", 1, "has to be text"),
        ("a: \x00", 1, "does not allow"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text, line, advice):
    with pytest.raises(CustomConfigError, match=rf"spec\.policy line {line}: .*{advice}"):
        policy.parse(text)
