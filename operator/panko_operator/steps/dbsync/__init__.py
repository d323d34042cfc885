"""The schema, which Jobs make: expanded before a rollout, contracted after it."""
