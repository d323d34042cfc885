"""The HTTP API. The only place that knows Falcon, and where domain errors become HTTP."""
