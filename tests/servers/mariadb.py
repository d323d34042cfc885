"""A real mariadb for tests."""
