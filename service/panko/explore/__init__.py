"""`/explore`: the page for people. It asks as the API's searches do, and shows what they would show the same caller.

Every state of it is a URL, all of it reads without script, and nothing of it comes from another host.
"""
