"""What a program that watches the API is told: figures and the state of the database, on a port of their own."""
