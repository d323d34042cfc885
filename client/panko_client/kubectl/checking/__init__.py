"""What `check` looks at: the cluster, the operator, and the rights of whoever asks."""
