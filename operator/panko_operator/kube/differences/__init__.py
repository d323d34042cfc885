"""What differs between a manifest and the live object: whose it is to have, and what is done about it."""
