"""Searches beside v2: events by a filter, the history of a resource and the trace of a request."""
