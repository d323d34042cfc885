"""The INI dialect, held against oslo.config itself."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oslo_config import cfg

from panko_operator.children.text import ini
from panko_operator.errors import CustomConfigError, InputError

ONE_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1)


def read_by_oslo(file, text, *names):
    """Return the values of options of [database] as the service would read them."""
    file.write_text(text, encoding="utf-8")
    conf = cfg.ConfigOpts()
    conf.register_opts([cfg.StrOpt(name) for name in names], group="database")
    conf([], default_config_files=[str(file)], default_config_dirs=[])
    return [conf.database[name] for name in names]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("ini") / "panko.conf"


@given(value=ONE_LINE)
@example("$ecret")
@example("a$$b")
@example(r"a\$b")
@example(r"\\$b")
@example("100%")
@example("'quoted'")
@example('"')
@example(" blanks ")
@example("[section]")
@example("#hash")
@example("a = b : c")
@example("\u2028")
def test_any_password_is_read_as_it_was_written(file, value):
    text = ini.render({"database": {"password": ini.literal(value), "after": "x"}})
    assert read_by_oslo(file, text, "password", "after") == [value, "x"]


@pytest.mark.parametrize("value", ["a\nb", "a\r", "\n"])
def test_password_with_a_line_break_is_refused_without_being_shown(value):
    with pytest.raises(InputError, match="holds a line break") as error:
        ini.literal(value)
    assert value not in str(error.value)


def test_sections_and_options_are_read_in_order_as_oslo_looks_them_up():
    text = "# comment\n[Database]\nmax-pool-size = 5\n\n; comment\n[DEFAULT]\ndebug: true\n[API]\nhost=a=b\n"
    found = [(one.section, one.key, one.value, one.line) for one in ini.parse(text, "field")]
    assert found == [
        ("database", "max_pool_size", "5", 3),
        ("DEFAULT", "debug", "true", 7),
        ("api", "host", "a=b", 9),
    ]


def test_value_over_several_lines_survives(file):
    (assignment,) = ini.parse("[database]\noption = one\n  two\n\tthree\n", "field")
    assert assignment.value == "one\ntwo\nthree"
    text = ini.render({"database": {"option": assignment.value, "after": "x"}})
    assert read_by_oslo(file, text, "option", "after") == ["one\ntwo\nthree", "x"]


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("debug = true", 1, r"\[DEFAULT\]"),
        ("[api]\n\nnonsense", 3, "key = value"),
        ("[api]\n= 1", 2, "key = value"),
        ("[api\nport = 1", 1, r"\[name\]"),
        ("[]\nport = 1", 1, r"\[name\]"),
        ("[api]\n  port = 1", 2, "indent less"),
        ("[api]\nport = 1\n\n  more", 4, "indent less"),
        ("[api]\nmax-x = 1\n[DEFAULT]\ndebug = 1\n[api]\nmax_x = 2", 6, "in line 2 already"),
    ],
)
def test_what_is_no_ini_is_refused_with_its_line(text, line, advice):
    with pytest.raises(CustomConfigError, match=rf"spec\.field line {line}: .*{advice}"):
        ini.parse(text, "field")


@pytest.mark.parametrize("character", "\r\x00\x0b\x0c\x1c\x1d\x1e\x1f\x7f\x85\u2028\u2029")
def test_control_characters_are_refused_with_their_line(character):
    with pytest.raises(
        CustomConfigError, match=f"line 2: it holds the control character U.{ord(character):04X}; remove"
    ):
        ini.parse(f"[api]\nport = 1{character}x = y\n", "field")


def test_a_tabulator_is_no_control_character():
    assert [one.value for one in ini.parse("[api]\nport\t=\t1\n", "field")] == ["1"]
