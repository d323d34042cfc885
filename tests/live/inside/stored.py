"""Runs in the client pod: print the message ids of all stored events of one type, read page by page as an admin."""

import json
import os
import sys

import requests
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

url, event_type = sys.argv[1:]
names = ("auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")
token = Session(v3.Password(**{name: os.environ[f"OS_{name.upper()}"] for name in names})).get_token()
filters = {
    "q.field": ["event_type", "all_tenants"],
    "q.op": ["eq", "eq"],
    "q.value": [event_type, "True"],
    "limit": 100,
}
found, marker = [], {}
while True:
    answer = requests.get(url, params={**filters, **marker}, headers={"X-Auth-Token": token}, timeout=30)
    answer.raise_for_status()
    page = [event["message_id"] for event in answer.json()]
    found += page
    if not page:
        break
    marker = {"marker": page[-1]}
print(json.dumps(found))
