"""The revisions of the schema. Each is frozen once released: what it needs of the tables is written in it."""
