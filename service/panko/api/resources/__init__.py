"""What answers under a path: one resource a file, and nothing of who may ask."""
