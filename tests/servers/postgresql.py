"""A real postgresql for tests."""
