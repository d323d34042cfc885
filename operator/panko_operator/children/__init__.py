"""Builders of everything that is applied: a Panko in, a manifest out, one file per child.

Pure. A builder returns None when its child is not wanted. What several children share is in `parts`, the texts inside
of them in `text`. Nothing here knows whether a child exists.
"""
