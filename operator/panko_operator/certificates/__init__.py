"""Certificates: what one that was given says, and those by which HAProxy knows the API's pods.

It reads and makes texts of PEM. It opens no connection and no file.
"""
