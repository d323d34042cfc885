"""The tables, and how an event becomes rows of them and comes back. It knows nothing of questions and transactions."""
