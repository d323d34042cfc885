"""Who asks, and what the policy lets that caller see and do."""
