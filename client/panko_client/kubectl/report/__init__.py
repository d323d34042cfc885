"""A report for whoever helps: what is collected, what is taken out of it, and the file."""
