"""`kubectl panko`: Pankos for whoever runs them, through the kubectl that is there already.

It stands on click and the standard library, and on no other module of this package: it is built into one file.
"""
