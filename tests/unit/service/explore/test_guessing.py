"""Guesses of passwords: what they cost Keystone, and whom they keep waiting."""

from panko.explore.login.attempts import Attempts


def test_wrong_passwords_cost_keystone_ever_fewer_tries_of_a_name(visitor, keystone, clock):
    statuses = [visitor.log_in(password="wrong").status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert len(keystone.tried) == 5
    waits = []
    for _ in range(5):
        assert visitor.log_in().status_code == 429  # the right one is not tried either
        waits.append(int(visitor.last.headers["Retry-After"]))
        assert f"Wait {waits[-1]} seconds" in visitor.last.text
        clock.now += waits[-1]
        assert visitor.log_in(password="wrong").status_code == 401
    assert waits == [10, 20, 40, 60, 60]
    clock.now += 60
    assert visitor.log_in().status_code == 303
    assert visitor.log_in(password="wrong").status_code == 401  # which begins anew


def test_a_stranger_with_wrong_passwords_keeps_nobody_else_waiting(visitor, keystone):
    for number in range(25):
        assert visitor.log_in(f"nobody{number}").status_code == 401
    for _ in range(25):
        visitor.log_in("bob", password="wrong")
    assert visitor.last.status_code == 429
    assert visitor.log_in("alice").status_code == 303


def test_another_spelling_of_a_name_gives_no_more_tries(visitor, keystone):
    spellings = ["carol", "Carol", "CAROL", "cArol", "carOl", "caroL"]
    statuses = [visitor.log_in(name, password="wrong").status_code for name in spellings]
    assert statuses == [401] * 5 + [429]


def test_the_same_name_in_another_domain_is_somebody_else(visitor):
    for _ in range(5):
        visitor.log_in(domain="Elsewhere")
    assert visitor.log_in(domain="Elsewhere").status_code == 429
    assert visitor.log_in().status_code == 303


def test_failures_are_forgotten_after_a_while_and_of_a_bounded_number_of_names(clock):
    attempts = Attempts(clock=clock)
    for _ in range(5):
        attempts.failed("alice", "Default")
    assert attempts.seconds_to_wait("alice", "Default") == 10
    clock.now += 600
    attempts.failed("alice", "Default")
    assert attempts.seconds_to_wait("alice", "Default") == 0
    for _ in range(100_000):
        attempts.failed("bob", "Default")
    assert attempts.seconds_to_wait("bob", "Default") == 60
    for number in range(8192):
        attempts.failed(f"nobody{number}", "Default")
    assert attempts.seconds_to_wait("bob", "Default") == 0
