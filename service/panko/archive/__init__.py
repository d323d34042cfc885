"""Events that are kept outside of the database before they are deleted from it. Knows no SQL and no HTTP server."""
