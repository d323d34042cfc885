"""Logins: those that people provide, those that are made and kept, and the copy that a deletion needs."""
