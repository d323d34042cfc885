"""The end of a Panko: what outlives the Kubernetes objects is removed, and what has to stay is told."""
