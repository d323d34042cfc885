"""panko-dbsync as its users meet it: exit codes and what it prints."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from original import database
from panko.cmd import dbsync
from panko.cmd.dbsync import Exit
from panko.storage.sql.schema import migrate
from panko.storage.sql.schema.migrate import newest_revision
from panko.storage.sql.session.url import normalise


@pytest.fixture
def config_file(tmp_path):
    def write(url):
        path = tmp_path / "panko.conf"
        path.write_text(f"[database]\nconnection = {url.replace('%', '%%')}\n")
        return str(path)

    return write


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "panko.cmd.dbsync", *arguments], check=False, capture_output=True, text=True, timeout=60
    )


def test_it_says_what_it_did_and_then_that_nothing_is_left_to_do(mariadb, config_file):
    conf = config_file(mariadb.new_database())
    first, second = run("--config-file", conf), run("--config-file", conf)
    assert (first.returncode, first.stdout) == (0, f"Database upgraded from no revision to {newest_revision()}\n")
    assert (second.returncode, second.stdout) == (0, f"Database is at revision {newest_revision()}\n")


def test_started_twice_at_once_both_succeed(postgresql, config_file):
    arguments = [sys.executable, "-m", "panko.cmd.dbsync", "--config-file", config_file(postgresql.new_database())]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].decode() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == f"Database is at revision {newest_revision()}\n"


def test_a_database_that_never_answers_is_one_line_without_password(config_file):
    done = run("--config-file", config_file("mysql://panko:s3cret@127.0.0.1:1/panko"), "--wait", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("panko-dbsync: The database does not answer.")
    assert len(done.stderr.splitlines()) == 1
    assert "s3cret" not in done.stderr


def test_an_url_that_cannot_be_used_is_one_line_without_password(config_file):
    done = run("--config-file", config_file("mongodb://panko:s3cret@host/panko"))
    assert done.returncode == 1
    assert "mysql, postgresql or sqlite" in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_it_waits_for_a_database_that_is_still_starting(mariadb, config_file):
    arguments = [sys.executable, "-m", "panko.cmd.dbsync", "--config-file", config_file(mariadb.new_database())]
    mariadb.stop()
    try:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert "Waiting for it" in process.stderr.readline()
    finally:
        mariadb.start()
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert printed.startswith("Database upgraded")


def test_a_check_says_what_would_be_done_and_does_nothing(mariadb, config_file):
    conf = config_file(mariadb.new_database())
    for _ in range(2):
        done = run("--config-file", conf, "--check")
        assert (done.returncode, done.stdout) == (
            0,
            f"Database would be upgraded from no revision to {newest_revision()}\n",
        )
    run("--config-file", conf)
    assert run("--config-file", conf, "--check").stdout == f"Database is at revision {newest_revision()}\n"


def test_a_database_of_the_original_is_adopted_and_its_events_are_counted(mariadb, config_file):
    url = mariadb.new_database()
    engine = create_engine(normalise(url))
    database.make(engine)
    engine.dispose()
    foreseen = run("--config-file", config_file(url), "--check")
    assert (foreseen.returncode, foreseen.stdout[:32]) == (0, "Database would be upgraded from ")
    assert "writers of these tables wait" in foreseen.stdout
    done = run("--config-file", config_file(url))
    assert done.stdout.endswith("; copied the traits of 2 events\n")
    assert "changing the table event" in done.stderr


def test_a_rewrite_that_nobody_has_allowed_has_an_exit_code_of_its_own(mariadb, config_file, capsys):
    url = mariadb.new_database()
    engine = create_engine(normalise(url))
    database.make(engine)
    engine.dispose()
    arguments = ["--config-file", config_file(url)]
    assert dbsync.main([*arguments, "--check"], big_bytes=1) == Exit.REWRITE_NEEDED == 3
    assert dbsync.main(arguments, big_bytes=1) == Exit.REWRITE_NEEDED
    said = capsys.readouterr().err
    assert f"from no revision to {newest_revision()}" in said
    assert "trait_text (about " in said
    assert dbsync.main([*arguments, "--allow-rewrite"], big_bytes=1) == Exit.DONE == 0


def test_pages_are_compressed_when_that_is_asked_for_and_said(mariadb, config_file):
    conf = config_file(mariadb.new_database())
    run("--config-file", conf)
    foreseen = run("--config-file", conf, "--check", "--compress-pages").stdout
    assert foreseen.startswith(f"Database is at revision {newest_revision()}; the pages of event_type, event, ")
    assert foreseen.endswith(" would be compressed\n")
    done = run("--config-file", conf, "--compress-pages")
    count = foreseen.count(", ") + 1
    assert done.stdout == f"Database is at revision {newest_revision()}; compressed the pages of {count} tables\n"
    assert done.stderr.count("compressing the pages of the table ") == count


def test_pages_that_a_database_cannot_compress_are_one_line(postgresql, config_file):
    done = run("--config-file", config_file(postgresql.new_database()), "--compress-pages")
    assert done.returncode == Exit.ERROR == 1
    assert done.stderr.startswith("panko-dbsync: The database compresses no pages")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("server", ["mariadb", "postgresql"])
def test_a_schema_of_a_newer_release_has_an_exit_code_of_its_own(server, request, config_file):
    url = request.getfixturevalue(server).new_database()
    conf = config_file(url)
    run("--config-file", conf)
    engine = create_engine(normalise(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_floor SET revision = '9999'"))
    engine.dispose()
    for arguments in (["--check"], []):
        done = run("--config-file", conf, *arguments)
        assert done.returncode == Exit.SCHEMA_NEWER == 4
        assert len(done.stderr.splitlines()) == 1
        assert "9999" in done.stderr
        assert newest_revision() in done.stderr


def test_exit_codes_are_in_the_help():
    said = " ".join(run("--help").stdout.split())
    assert all(f"{code:d} " in said[said.index("Exit codes") :] for code in Exit)


@pytest.mark.parametrize("server", ["mariadb", "postgresql"])
def test_an_upgrade_in_two_parts_reports_what_is_left_to_do(server, request, config_file, tmp_path):
    url = request.getfixturevalue(server).new_database()
    engine = create_engine(normalise(url))
    with engine.connect() as connection:
        migrate.bring(connection, "0006")
        connection.commit()
    report = tmp_path / "report"
    arguments = ["--config-file", config_file(url), "--report", str(report)]
    early = run(*arguments, "--contract")
    assert (early.returncode, report.exists()) == (Exit.ERROR, False)
    assert "--expand" in early.stderr
    expanded = run(*arguments, "--expand")
    assert (expanded.returncode, json.loads(report.read_text())) == (0, {"revision": "0008", "contractDue": True})
    assert "--contract once no process of the release before is left" in expanded.stdout
    contracted = run(*arguments, "--contract")
    assert (contracted.returncode, json.loads(report.read_text())) == (0, {"revision": "0009", "contractDue": False})
    engine.dispose()


def test_a_report_that_cannot_be_written_undoes_nothing(tmp_path):
    conf = tmp_path / "panko.conf"
    conf.write_text(f"[database]\nconnection = sqlite:///{tmp_path}/panko.sqlite\n")
    done = run("--config-file", str(conf), "--report", str(tmp_path / "absent" / "report"))
    assert done.returncode == Exit.DONE
    assert done.stdout.startswith("Database upgraded")
    assert "cannot be written: No such file" in done.stderr


def test_both_parts_at_once_are_asked_for_by_neither_option(mariadb, config_file):
    done = run("--config-file", config_file(mariadb.new_database()), "--expand", "--contract")
    assert done.returncode == Exit.ERROR
    assert "without either both are done" in done.stderr


def test_a_table_that_somebody_dropped_is_named_with_what_to_do(mariadb, config_file):
    url = mariadb.new_database()
    conf = config_file(url)
    run("--config-file", conf)
    engine = create_engine(normalise(url))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE trait_int"))
    engine.dispose()
    done = run("--config-file", conf, "--expand")
    assert done.returncode == Exit.ERROR
    assert done.stderr.startswith("panko-dbsync: trait_int is gone from the database")
    assert "Restore" in done.stderr
