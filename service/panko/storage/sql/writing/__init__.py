"""How events are stored and expire. It knows nothing of reading."""
