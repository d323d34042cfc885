-- From now on change nothing, and say in status.plan what would be changed.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["panko.openstack.org/plan"] = "true"
return obj
