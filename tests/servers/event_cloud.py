"""A cloud with events: a real Keystone whose catalogue has a real panko-api."""

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from servers.database_server import free_port

CONFIGURATION = """
[api]
workers = 1
[database]
connection = {database}
[keystone_authtoken]
www_authenticate_uri = {keystone.url}
auth_url = {keystone.url}
auth_type = password
username = event-api
password = event-api-s3cret
project_name = service
user_domain_name = Default
project_domain_name = Default
token_cache_time = 1
"""


class EventCloud:
    """A Keystone with the service in its catalogue, and an API."""

    def __init__(self, keystone, database, start_api):
        self.keystone, self.database = keystone, database
        self._start_api, self._port = start_api, free_port()
        self.region = f"region-{self._port}"  # of its own: what another test left behind is not in it
        keystone.request("POST", "/regions", {"region": {"id": self.region}})
        service = keystone.request("POST", "/services", {"service": {"type": "event", "name": "panko"}})
        self._service = service["service"]["id"]
        for interface in ("public", "internal"):
            endpoint = {
                "service_id": self._service,
                "interface": interface,
                "region_id": self.region,
                "url": f"http://127.0.0.1:{self._port}",
            }
            keystone.request("POST", "/endpoints", {"endpoint": endpoint})
        self.start()

    def start(self):
        self.api = self._start_api(
            CONFIGURATION.format(database=self.database, keystone=self.keystone), port=self._port
        )

    def remove(self):
        self.keystone.request("DELETE", f"/services/{self._service}")

    def session(self, name, project):
        auth = Password(
            self.keystone.url,
            username=name,
            password=f"{name}-s3cret",
            project_name=project,
            user_domain_name="Default",
            project_domain_name="Default",
        )
        return Session(auth=auth)
