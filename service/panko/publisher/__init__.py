"""What ceilometer's agents load to write events into the database by themselves: `panko://`.

It lives in a process of somebody else: nothing here touches that program's configuration or logging, and nothing of
the API is imported. `docs/ceilometer.md` says why posting to the API is the better way.
"""
