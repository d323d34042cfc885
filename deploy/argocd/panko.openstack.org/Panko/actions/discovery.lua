-- What people may do with a Panko, as it is now. Pods are restarted by the action of their Deployment,
-- and old events are deleted by create-job of the CronJob NAME-expirer.
local annotations = obj.metadata.annotations or {}
local suspended = obj.spec.suspend == true
local still = suspended and obj.spec.suspendMode ~= "AllButHousekeeping"
local planned = annotations["panko.openstack.org/plan"] == "true"
local rotating = annotations["panko.openstack.org/rotate"] ~= nil

return {
  ["suspend"] = { ["disabled"] = suspended },
  ["resume"] = { ["disabled"] = not suspended },
  ["rotate"] = { ["disabled"] = rotating or still or planned },
  ["reconcile"] = { ["disabled"] = suspended or planned },
  ["plan"] = { ["disabled"] = suspended or planned },
  ["apply"] = { ["disabled"] = not planned },
}
