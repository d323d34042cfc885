"""The revisions of the schema. Each is frozen once released: what it needs of the tables is written in it.

Each says its `phase`. One that expands adds, so that whoever could work before can go on; one that contracts takes away
what only earlier releases use. `panko.storage.sql.schema.history` reads them.
"""
