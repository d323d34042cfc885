"""The OpenStack event API: stores what happened in a cloud and answers questions about it."""
