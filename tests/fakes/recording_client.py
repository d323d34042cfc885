"""A client of the API server that remembers what was asked and written through it."""


class RecordingClient:
    """Passes every request on and remembers it, by method and path."""

    def __init__(self, client):
        self._client = client
        self.reads, self.writes = [], []

    def request(self, method, path, **options):
        (self.reads if method == "get" else self.writes).append((method, path))
        return self._client.request(method, path, **options)
