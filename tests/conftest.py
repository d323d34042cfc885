"""The real servers that tests ask for by fixture, how patient tests are, and how many may need a second attempt."""

import pytest
from hypothesis import HealthCheck, settings

# How long something takes on a machine that has much else to do says nothing of it. All else stays as it is set.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = (
    "servers.once",
    "servers.mariadb",
    "servers.galera",
    "servers.postgresql",
    "servers.memcached",
    "servers.keystone",
    "servers.rabbitmq",
    "servers.kube_apiserver",
    "servers.s3",
)

SECOND_ATTEMPTS = 3  # of thousands of tests with real servers, while the machine does other things, too


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how each test failed that was run again: it is to be mended even if it has passed then."""
    again = terminalreporter.getreports("rerun")
    for report in again:
        terminalreporter.section(f"{report.nodeid} failed at its first attempt", yellow=True)
        terminalreporter.line(report.longreprtext)
    if len(again) > SECOND_ATTEMPTS:
        terminalreporter.section(f"{len(again)} tests run again; {SECOND_ATTEMPTS} at most may be", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which more than a few tests were run again: something is wrong, then."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and len(reporter.getreports("rerun")) > SECOND_ATTEMPTS and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
