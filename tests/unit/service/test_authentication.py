"""Accounts of publishers, what is remembered, and whom noauth believes."""

import base64

import bcrypt
import pytest

from panko import config
from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.callers.memory import Memory
from panko.api.middleware.authentication import noauth
from panko.api.middleware.authentication.basic import BasicAccounts
from panko.api.middleware.authentication.htpasswd import Htpasswd, parse
from panko.errors import ConfigurationError

HASH = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()


class App:
    """A WSGI application that keeps what it was asked."""

    def __init__(self):
        self.environs = []

    def __call__(self, environ, start_response):
        self.environs.append(environ)
        start_response("200 OK", [])
        return [b""]


@pytest.fixture
def htpasswd(tmp_path):
    path = tmp_path / "htpasswd"
    path.write_text(f"# publishers\n\nceilometer:{HASH}\n")
    return path


@pytest.fixture
def world(htpasswd):
    publishers, others = App(), App()
    return BasicAccounts(Htpasswd(str(htpasswd)), publishers=publishers, others=others), publishers, others


def ask(app, *, authorization=None, method="POST", path="/v2/events", **extra):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, **extra}
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    answer = {}

    def start_response(status, headers, _exc_info=None):
        answer.update(status=status, headers=dict(headers))

    answer["body"] = b"".join(app(environ, start_response))
    return answer


def basic(name="ceilometer", password="s3cret"):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize("path", ["/v2/events", "/v2/events/"])
def test_right_password_passes_as_a_publisher_without_its_claims(world, path):
    app, publishers, others = world
    answer = ask(app, authorization=basic(), path=path, HTTP_X_ROLES="admin", HTTP_X_USER_ID="u")
    assert answer["status"] == "200 OK"
    (environ,) = publishers.environs
    assert credentials.from_environ(environ) == Credentials(publisher="ceilometer")
    assert not {"HTTP_X_ROLES", "HTTP_X_USER_ID", "HTTP_AUTHORIZATION"} & set(environ)
    assert others.environs == []


@pytest.mark.parametrize(
    "authorization",
    [
        basic(password="wrong"),
        basic(name="nobody"),
        basic(password=""),
        basic(password="s3cret\x00"),
        basic(password="x" * 100),
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "basic " + base64.b64encode(b"no colon").decode(),
    ],
)
def test_anything_else_is_a_401_that_asks_for_basic(world, authorization):
    app, publishers, others = world
    answer = ask(app, authorization=authorization)
    assert answer["status"].startswith("401")
    assert answer["headers"]["WWW-Authenticate"].startswith("Basic ")
    assert b'"faultcode":"Client"' in answer["body"]
    assert publishers.environs == others.environs == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2/events"), ("POST", "/v2/event_types"), ("GET", "/v2")])
def test_publisher_does_nothing_but_post_events(world, method, path):
    app, publishers, _others = world
    assert ask(app, authorization=basic(), method=method, path=path)["status"].startswith("403")
    assert publishers.environs == []


@pytest.mark.parametrize("authorization", [None, "Bearer abc", "Negotiate x"])
def test_other_schemes_go_to_the_other_strategy(world, authorization):
    app, publishers, others = world
    ask(app, authorization=authorization)
    assert (len(publishers.environs), len(others.environs)) == (0, 1)


def test_bcrypt_is_paid_once(world, monkeypatch):
    app, publishers, _others = world
    ask(app, authorization=basic())
    ask(app, authorization=basic(password="wrong"))

    def too_often(*_):
        raise AssertionError

    monkeypatch.setattr(bcrypt, "checkpw", too_often)
    assert ask(app, authorization=basic())["status"] == "200 OK"
    assert ask(app, authorization=basic(password="wrong"))["status"].startswith("401")
    assert len(publishers.environs) == 2


def test_unknown_name_costs_as_much_as_a_wrong_password(world, monkeypatch):
    app, _publishers, _others = world
    paid = []
    check = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *arguments: paid.append(arguments) or check(*arguments))
    ask(app, authorization=basic(name="nobody"))
    assert len(paid) == 1


def test_unknown_name_with_the_password_of_somebody_is_refused(world):
    app, _publishers, _others = world
    assert ask(app, authorization=basic())["status"] == "200 OK"
    assert ask(app, authorization=basic(name="nobody"))["status"].startswith("401")


def test_file_is_read_again_when_it_changes(world, htpasswd):
    app, _publishers, _others = world
    new = bcrypt.hashpw(b"other", bcrypt.gensalt(4)).decode()
    htpasswd.write_text(f"ceilometer:{new}\nsecond:{new}\n")
    assert ask(app, authorization=basic())["status"].startswith("401")
    assert ask(app, authorization=basic(password="other"))["status"] == "200 OK"


@pytest.mark.parametrize("text", ["broken", ""])
def test_file_that_became_unreadable_changes_nothing(world, htpasswd, text):
    app, _publishers, _others = world
    if text:
        htpasswd.write_text(text)
    else:
        htpasswd.unlink()
    assert ask(app, authorization=basic())["status"] == "200 OK"


def test_no_accounts_let_nobody_in(tmp_path):
    (tmp_path / "empty").write_text("")
    app = BasicAccounts(Htpasswd(str(tmp_path / "empty")), publishers=App(), others=App())
    assert ask(app, authorization=basic())["status"].startswith("401")


@pytest.mark.parametrize(
    "line",
    ["ceilometer:s3cret", "ceilometer:$apr1$x$s3cret", "ceilometer", f":{HASH}"],
    ids=["password", "another hash", "name", "hash"],
)
def test_line_that_is_no_account_is_named_without_what_it_holds(line, tmp_path):
    with pytest.raises(ConfigurationError, match="line 2 is not NAME:BCRYPT-HASH") as caught:
        parse(f"ok:{HASH}\n{line}\n", tmp_path)
    assert "s3cret" not in str(caught.value)


def test_hashes_of_apache_are_understood(tmp_path):
    (password_hash,) = parse("a:" + HASH.replace("$2b$", "$2y$"), tmp_path).values()
    assert bcrypt.checkpw(b"s3cret", password_hash)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"htpasswd_file .*missing cannot be read"):
        Htpasswd(str(tmp_path / "missing"))


def test_memory_forgets_in_time_and_at_its_bound():
    now = [0.0]
    memory = Memory(maximum=2, clock=lambda: now[0])
    memory.set("a", 1, time=10)
    memory.set("b", False, time=20)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, False, None)
    now[0] = 10
    assert (memory.get("a"), memory.get("b")) == (None, False)
    memory.set("c", 3, 10)
    memory.set("d", 4, 10)
    assert (memory.get("b"), memory.get("c"), memory.get("d")) == (None, 3, 4)


CLAIMS = {"HTTP_X_ROLES": "member", "HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": "p"}


def test_noauth_believes_what_is_claimed(make_conf):
    app = App()
    ask(noauth.believe_headers(app, make_conf()), **CLAIMS)
    assert credentials.from_environ(app.environs[0]) == credentials.from_headers(CLAIMS)


def test_noauth_takes_silence_for_nobody_where_anything_is_configured(make_conf):
    app = App()
    ask(noauth.believe_headers(app, make_conf()))
    assert credentials.from_environ(app.environs[0]) == Credentials()


def test_noauth_takes_silence_for_the_owner_where_nothing_is_configured():
    app = App()
    ask(noauth.believe_headers(app, config.load([], prog="panko-api", config_files=[])))
    owner = credentials.from_environ(app.environs[0])
    assert owner.roles == {"admin"}
    assert owner.sees_all_projects
