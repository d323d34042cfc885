"""`openstack event …`: the commands of the retired pankoclient, and `event create`.

The only folder that imports osc-lib, which comes with `pip install panko-client[openstack]`.
"""
