"""The formats of documents: JSON, and JSON a line."""
