"""What ceilometer's agents load to post events to the API with a Keystone token: `panko-api://`.

It lives in a process of somebody else: nothing here touches that program's configuration or logging, and nothing of
ceilometer is imported. `docs/ceilometer.md` says how it compares with the other ways.
"""
