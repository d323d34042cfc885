"""A real keystone for tests."""
