"""A session with the database: the SQLAlchemy engine, what its failures mean, trying again."""
