-- Have all logins followed by new ones; nothing fails meanwhile.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["panko.openstack.org/rotate"] = "all"
return obj
