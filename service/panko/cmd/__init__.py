"""The commands: panko-api, panko-dbsync and panko-expirer. Each is a composition root of its own."""
