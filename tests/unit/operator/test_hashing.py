"""Hashes of publishers' passwords: right each time, and computed once."""

import bcrypt
import pytest

from panko_operator.accounts import hashing


def test_a_hash_fits_its_password_alone_each_time_it_is_asked_about():
    first, second = hashing.hashed("s3cret"), hashing.hashed("s3cret")
    assert first != second
    for _ in range(2):
        assert hashing.fits("s3cret", first)
        assert hashing.fits("s3cret", second)
        assert not hashing.fits("S3cret", first)
        assert not hashing.fits("", first)


def test_a_second_look_takes_no_hashing(monkeypatch):
    known, asked, compare = hashing.hashed("s3cret"), [], bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *arguments: asked.append(1) or compare(*arguments))
    assert [hashing.fits(password, known) for password in ("s3cret", "other") * 3] == [True, False] * 3
    assert len(asked) == 2


@pytest.mark.parametrize("text", ["", "no hash", "$2b$10$short", "\N{SNOWMAN}"])
def test_what_is_no_hash_fits_nothing(text):
    assert not hashing.fits("s3cret", text)
    assert not hashing.fits("", text)


def test_a_password_that_would_be_cut_is_refused():
    assert hashing.fits("x" * hashing.LONGEST_BYTES, hashing.hashed("x" * hashing.LONGEST_BYTES))
    with pytest.raises(ValueError, match="more than 72 bytes"):
        hashing.hashed("x" * (hashing.LONGEST_BYTES + 1))
    assert not hashing.fits("x" * (hashing.LONGEST_BYTES + 1), hashing.hashed("x" * hashing.LONGEST_BYTES))
