"""The commands, each in a module."""
