"""A dry run: what a pass would change, told in the status instead of done."""
