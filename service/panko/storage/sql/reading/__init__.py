"""Questions made into statements, and rows into answers. It knows nothing of writing."""
