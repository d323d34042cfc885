"""`openstack event search` and what is like it: what the server's searches answer, for people and for pipes."""
