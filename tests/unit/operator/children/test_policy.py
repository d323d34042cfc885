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
        ("a: b\nc: [d", 2, "not YAML"),
        ("a: b\n\tc: d", 2, "not YAML"),
        ("- a", 1, "write rules as"),
        ("just words", 1, "write rules as"),
        ("a: b\nc: 1", 2, "rule c has to be text"),
        ("a: b\nc: true", 2, "double quotes"),
        ("a: b\nc:\n  - d", 3, "rule c has to be text"),
        ("a: b\n\na: c", 3, "rule a is there twice"),
        ("a: !!python/object:os.system x", 1, "has to be text"),
        ("a: \x00", 1, "control character U.0000, which is not allowed"),
        ("a: b\nc: d\x85e: f", 2, "U.0085"),
        ("a: b\nc: d\u2028e: f", 2, "U.2028"),
        ("a: b\r\nc: d", 1, "U.000D"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text, line, advice):
    with pytest.raises(CustomConfigError, match=rf"spec\.policy line {line}: .*{advice}"):
        policy.parse(text)


def test_rules_that_mean_something_are_taken():
    policy.check(
        """
"context_is_admin": "role:admin or role:auditor"
"readers": "(role:reader and not role:guest) or 'x':%(user_id)s"
"telemetry:events:index": "rule:readers"
"telemetry:events:show": "@"
"segregation": "!"
"telemetry:events:create": ""
"""
    )


@pytest.mark.parametrize(
    ("check", "advice"),
    [
        ("role:reader or", "cannot be parsed"),
        ("and role:reader", "cannot be parsed"),
        ("(role:reader", "cannot be parsed"),
        ("role:reader)", "cannot be parsed"),
        ("role:a role:b", "cannot be parsed"),
        ("not", "cannot be parsed"),
        (" ", "cannot be parsed"),
        ("'role:reader'", "cannot be parsed"),
        ("reader", "reader is no check; write kind:match"),
        ("user_id:%(user_id", "cannot be"),
        ("user_id:%q", "cannot be filled"),
        ("rule:nope", "refers to rule:nope, which is not there"),
        ("rule:telemetry:events:index", "refers to itself"),
        ("role:a or rule:other", "refers to itself"),
    ],
)
def test_a_check_that_would_refuse_everybody_is_refused_with_its_line(check, advice):
    text = f'segregation: "!"\n"telemetry:events:index": "{check}"\n"other": "rule:telemetry:events:index"\n'
    with pytest.raises(CustomConfigError, match=rf"spec\.policy line [23]: .*{advice}"):
        policy.check(text)


def test_a_rule_that_nobody_reads_is_refused_and_told_what_there_is():
    with pytest.raises(
        CustomConfigError, match=r"line 1: the service has no rule telemetry:get_events.*telemetry:events:index"
    ):
        policy.check('"telemetry:get_events": "role:nobody"')


def test_a_circle_by_way_of_a_default_is_found():
    with pytest.raises(CustomConfigError, match="refers to itself"):
        policy.check('"context_is_admin": "rule:segregation"')
