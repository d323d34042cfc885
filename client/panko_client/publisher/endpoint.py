"""How the publisher reaches the API: with ceilometer's own credentials, by keystoneauth."""

from typing import Any, Final

from keystoneauth1 import loading
from keystoneauth1.adapter import Adapter

from panko_client.publisher.options import SECTION, Options
from panko_client.reading import PATH
from panko_client.transport import Transport, adapter_of

SESSION_SECONDS: Final = 30  # for Keystone, where ceilometer.conf sets no timeout


class Endpoint:
    """Logs in when it is first posted to, so that an outage of Keystone is one of the API."""

    def __init__(self, conf: Any, options: Options) -> None:
        self._conf = conf
        self._options = options
        self._transport: Transport | None = None

    def __call__(self, body: bytes) -> Any:
        """Post a list of events, and return the answer's document."""
        if self._transport is None:
            self._transport = Transport(self._adapter(), timeout_seconds=self._options.timeout)
        return self._transport.post(PATH, body)

    def _adapter(self) -> Adapter:
        conf, options = self._conf, self._options
        if options.auth_section != SECTION:  # ceilometer has registered its own
            loading.register_auth_conf_options(conf, options.auth_section)
            loading.register_session_conf_options(conf, options.auth_section)
        auth = loading.load_auth_from_conf_options(conf, options.auth_section)
        session = loading.load_session_from_conf_options(conf, options.auth_section, auth=auth)
        session.timeout = session.timeout or SESSION_SECONDS
        own = conf[SECTION]
        region, interface = options.region or own.region_name, options.interface or own.interface
        return adapter_of(session, region=region, interface=interface, endpoint=options.endpoint)
