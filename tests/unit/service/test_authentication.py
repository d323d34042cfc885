"""Accounts of publishers, what is remembered, and whom noauth believes."""

import base64
import itertools
import threading
import time
from concurrent import futures
from urllib.parse import quote

import bcrypt
import pytest

from panko import config
from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.callers.memory import Memory
from panko.api.middleware.authentication import noauth
from panko.api.middleware.authentication.basic import BasicAccounts
from panko.api.middleware.authentication.htpasswd import Htpasswd, parse
from panko.api.middleware.authentication.passwords import REMEMBERED_VERDICTS, Passwords
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
    return (
        BasicAccounts(Passwords(Htpasswd(str(htpasswd)), threads=8), publishers=publishers, others=others),
        publishers,
        others,
    )


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


class Hashing:
    """bcrypt that takes its time: it counts who is in it, and lets nobody out before it is told to."""

    def __init__(self, monkeypatch):
        self.check = bcrypt.checkpw
        self.lock = threading.Lock()
        self.go = threading.Event()
        self.now = self.most = self.paid = 0
        monkeypatch.setattr(bcrypt, "checkpw", self)

    def __call__(self, password, password_hash):
        with self.lock:
            self.now += 1
            self.paid += 2 ** int(password_hash[4:6])
            self.most = max(self.most, self.now)
        self.go.wait(10)
        with self.lock:
            self.now -= 1
        return self.check(password, password_hash)


@pytest.fixture
def hashing(monkeypatch):
    hashing = Hashing(monkeypatch)
    yield hashing
    hashing.go.set()


def test_many_wrong_passwords_hold_few_threads_and_no_known_publisher(world, hashing):
    app, publishers, _others = world
    hashing.go.set()
    assert ask(app, authorization=basic())["status"] == "200 OK"
    hashing.go.clear()
    hashing.most = 0
    with futures.ThreadPoolExecutor(64) as pool:
        asked = [pool.submit(ask, app, authorization=basic(password=f"wrong {number}")) for number in range(64)]
        refused = [future.result() for future in itertools.islice(futures.as_completed(asked, timeout=5), 60)]
        assert {answer["status"] for answer in refused} == {"503 Service Unavailable"}, (
            "four hash or wait, of 8 threads"
        )
        assert {answer["headers"]["Retry-After"] for answer in refused} == {"1"}
        for _ in range(10):
            assert ask(app, authorization=basic())["status"] == "200 OK"
        hashing.go.set()
    assert sorted(future.result()["status"][:3] for future in asked) == ["401"] * 4 + ["503"] * 60
    assert hashing.most <= 2
    assert len(publishers.environs) == 11


def test_publishers_that_come_at_once_with_one_password_pay_once(world, hashing):
    app, _publishers, _others = world
    with futures.ThreadPoolExecutor(8) as pool:  # each thread that there is
        asked = [pool.submit(ask, app, authorization=basic()) for _ in range(8)]
        wait_for(lambda: app._passwords._hashing._inside + sum(one.done() for one in asked) == 8)
        hashing.go.set()
    assert {future.result()["status"] for future in asked} == {"200 OK"}
    assert hashing.paid == 2**4


def test_wrong_passwords_push_no_right_one_out(world, monkeypatch):
    app, _publishers, _others = world
    assert ask(app, authorization=basic())["status"] == "200 OK"
    paid = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda *arguments: paid.append(arguments) and False)
    for number in range(REMEMBERED_VERDICTS + 1):
        ask(app, authorization=basic(password=f"wrong {number}"))
    assert len(paid) == REMEMBERED_VERDICTS + 1
    assert ask(app, authorization=basic())["status"] == "200 OK"


@pytest.mark.parametrize("password", ["p@ss/w:rd?#", "a b+c", "100%", "%41", "schlüssel"])
@pytest.mark.parametrize("write", [str, quote, lambda text: quote(text, safe="")], ids=["as is", "quoted", "all"])
def test_a_password_holds_as_it_is_and_as_a_url_writes_it(tmp_path, password, write):
    path = tmp_path / "htpasswd"
    path.write_text(f"mq:{bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()}\n")
    app = BasicAccounts(Passwords(Htpasswd(str(path)), threads=8), publishers=App(), others=App())
    assert ask(app, authorization=basic("mq", write(password)))["status"] == "200 OK"
    for wrong in (f"{write(password)}x", quote(quote(password, safe=""), safe="") + "%20"):
        assert ask(app, authorization=basic("mq", wrong))["status"].startswith("401")


def test_a_password_as_a_url_writes_it_is_paid_once(world, hashing):
    app, publishers, _others = world
    hashing.go.set()
    for _ in range(3):
        ask(app, authorization=basic(password="s%33cret"))
    assert len(publishers.environs) == 3
    assert hashing.paid == 2 * 2**4


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2/events"), ("POST", "/v2/other"), ("PUT", "/v2/events")])
def test_request_that_no_publisher_may_make_costs_nothing(world, hashing, method, path):
    app, _publishers, _others = world
    assert ask(app, authorization=basic(), method=method, path=path)["status"].startswith("403")
    assert hashing.paid == 0


def test_unknown_name_costs_as_much_as_the_most_expensive_account(tmp_path, hashing):
    hashing.go.set()
    costly = [bcrypt.hashpw(b"x", bcrypt.gensalt(cost)).decode() for cost in (4, 7, 5, 6)]
    lines = [f"{name}:{line}" for name, line in zip(["cheap", "two", "two", "one"], costly, strict=True)]
    (tmp_path / "htpasswd").write_text("\n".join(lines))
    passwords = Passwords(Htpasswd(str(tmp_path / "htpasswd")), threads=8)
    cost = {}
    for name in ("nobody", "cheap", "two", "one"):
        hashing.paid = 0
        assert not passwords.verify(name, b"wrong")
        cost[name] = hashing.paid
    assert cost["nobody"] == max(cost.values())


def test_account_may_have_an_old_and_a_new_password(world, htpasswd):
    app, _publishers, _others = world
    new = bcrypt.hashpw(b"new", bcrypt.gensalt(4)).decode()
    htpasswd.write_text(f"ceilometer:{HASH}\nceilometer:{new}\n")
    assert ask(app, authorization=basic())["status"] == "200 OK"
    assert ask(app, authorization=basic(password="new"))["status"] == "200 OK"
    assert ask(app, authorization=basic(password="other"))["status"].startswith("401")
    htpasswd.write_text(f"ceilometer:{new}\n")
    assert ask(app, authorization=basic())["status"].startswith("401")
    with pytest.raises(ConfigurationError, match="line 3 is the third password"):
        parse(f"a:{HASH}\na:{new}\na:{new}\n", htpasswd)


def test_two_passwords_and_a_wrong_one_are_each_paid_once(world, htpasswd, monkeypatch):
    app, publishers, _others = world
    new = bcrypt.hashpw(b"new", bcrypt.gensalt(4)).decode()
    htpasswd.write_text(f"ceilometer:{new}\nceilometer:{HASH}\n")
    paid = []
    check = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *arguments: paid.append(arguments) or check(*arguments))
    for _ in range(3):
        answers = [ask(app, authorization=basic(password=password)) for password in ("new", "s3cret", "wrong")]
        assert [answer["status"][:3] for answer in answers] == ["200", "200", "401"]
    assert len(paid) == 1 + 2 + 2
    assert len(publishers.environs) == 6


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
    app = BasicAccounts(Passwords(Htpasswd(str(tmp_path / "empty")), threads=8), publishers=App(), others=App())
    assert ask(app, authorization=basic())["status"].startswith("401")


@pytest.mark.parametrize(
    "line",
    [
        "ceilometer:s3cret",
        "ceilometer:$apr1$x$s3cret",
        "ceilometer",
        f":{HASH}",
        "a:" + HASH.replace("$04$", "$00$"),
        "a:" + HASH.replace("$04$", "$31$"),
    ],
    ids=["password", "another hash", "name", "hash", "no cost", "a cost of weeks"],
)
def test_line_that_is_no_account_is_named_without_what_it_holds(line, tmp_path):
    with pytest.raises(ConfigurationError, match="line 2 is not NAME:BCRYPT-HASH") as caught:
        parse(f"ok:{HASH}\n{line}\n", tmp_path)
    assert "s3cret" not in str(caught.value)


def test_hashes_of_apache_are_understood(tmp_path):
    (password_hash,) = parse("a:" + HASH.replace("$2b$", "$2y$"), tmp_path)["a"].hashes
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


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)
