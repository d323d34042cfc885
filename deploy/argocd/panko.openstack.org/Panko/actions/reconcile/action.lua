-- Have it looked at now, in Keystone and in the database too.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["panko.openstack.org/reconcile-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
