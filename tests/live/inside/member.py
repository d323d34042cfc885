"""Runs in the client pod: make a member of a project, and the clouds.yaml with which the pod acts as that member."""

import json
import os
import secrets
import sys
from pathlib import Path

import openstack

name, region, path = sys.argv[1:]
cloud = openstack.connect(region_name="RegionOne")
password = secrets.token_urlsafe(18)
project = cloud.identity.find_project(name) or cloud.identity.create_project(name=name, domain_id="default")
user = cloud.identity.find_user(name) or cloud.identity.create_user(name=name, domain_id="default")
cloud.identity.update_user(user, password=password)
cloud.identity.assign_project_role_to_user(project, user, cloud.identity.find_role("member"))
auth = {
    "auth_url": os.environ["OS_AUTH_URL"],
    "username": name,
    "password": password,
    "project_name": name,
    "user_domain_name": "Default",
    "project_domain_name": "Default",
}
document = {"clouds": {name: {"auth": auth, "region_name": region, "identity_api_version": 3}}}
config = Path(path)
config.touch(mode=0o600)
config.write_text(json.dumps(document))  # JSON is YAML
print(json.dumps({"project": project.id, "user": user.id}))
