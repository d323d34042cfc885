"""What a search asks beyond v2: alternatives that the indexes of traits lead to, and answers within a time."""
