"""The texts inside of children: haproxy.cfg, policy.yaml, the user's INI. Pure."""
