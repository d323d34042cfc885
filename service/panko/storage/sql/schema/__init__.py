"""How the schema is brought up to date while it is in use."""
