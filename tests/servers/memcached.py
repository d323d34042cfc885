"""A real memcached for tests."""
