"""What a pass over a Panko is made of: its context, the facts that steps find, and a step as a value."""
