"""One level-triggered pass over a Panko: the order of its steps, and what is said of them in its status."""
