"""What psycopg does not do by itself, or not quickly enough."""
