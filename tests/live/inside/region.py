"""Runs in the client pod: add a region with Keystone in it, remove those with a prefix, or list a region's events."""

import json
import sys

import openstack

verb, region, url = sys.argv[1:]
identity = openstack.connect(region_name="RegionOne").identity
service = next(iter(identity.services(type="identity")))


def add():
    if identity.find_region(region) is None:
        identity.create_region(id=region)
    present = {entry.interface for entry in identity.endpoints(region_id=region, service_id=service.id)}
    for interface in {"public", "internal", "admin"} - present:
        identity.create_endpoint(service_id=service.id, region_id=region, interface=interface, url=url)


def remove():
    for entry in identity.endpoints():
        if entry.region_id.startswith(region):
            identity.delete_endpoint(entry)
    for entry in identity.regions():
        if entry.id.startswith(region):
            identity.delete_region(entry)


def show():
    events = {entry.id for entry in identity.services(type="event")}
    endpoints = list(identity.endpoints())
    return {
        "endpoints": {
            entry.interface: entry.url
            for entry in endpoints
            if entry.service_id in events and entry.region_id == region
        },
        "users": sorted(user.name for user in identity.users()),
        "event_services": len(events),
        "event_endpoints": sum(entry.service_id in events for entry in endpoints),
    }


print(json.dumps({"add": add, "remove": remove, "show": show}[verb]() or {}))
