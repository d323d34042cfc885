"""A session with the database: the engine, what each kind of server needs, what its failures mean, trying again."""
