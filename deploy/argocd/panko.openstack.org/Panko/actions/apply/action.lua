-- Do what was planned. Not nil: Argo CD puts back a table that a script has emptied.
obj.metadata.annotations["panko.openstack.org/plan"] = "false"
return obj
