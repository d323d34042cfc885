"""Large answers are written one after the other; small ones wait for none of them."""

import threading

from panko.api.messages import turns

WAIT_SECONDS = 10


def test_a_small_answer_does_not_wait_for_a_large_one():
    begun, end = threading.Event(), threading.Event()

    def large():
        yield from [b"x"] * turns.SMALL_PIECES
        begun.set()
        end.wait(WAIT_SECONDS)
        yield b"y"

    thread = threading.Thread(target=lambda: turns.joined(large()))
    thread.start()
    try:
        assert begun.wait(WAIT_SECONDS)
        assert turns.joined(iter([b"[", b"]"])) == b"[]"
    finally:
        end.set()
        thread.join(WAIT_SECONDS)


def test_one_large_answer_is_written_at_a_time_and_each_is_whole():
    lock, writing, most = threading.Lock(), [], []

    def large():
        yield from [b"x"] * turns.SMALL_PIECES
        with lock:
            writing.append(1)
            most.append(len(writing))
        yield b"y"
        with lock:
            writing.pop()

    answers = []
    threads = [threading.Thread(target=lambda: answers.append(turns.joined(large()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert answers == [b"xxxxy"] * 8
    assert max(most) == 1


def test_a_large_answer_that_fails_lets_the_next_one_go_on():
    def broken():
        yield from [b"x"] * turns.SMALL_PIECES
        raise ValueError

    for _ in range(2):
        try:
            turns.joined(broken())
        except ValueError:
            continue
        raise AssertionError
