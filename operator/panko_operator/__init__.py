"""Runs the Panko event API on Kubernetes from one resource."""
