-- How a Panko is, for Argo CD. The message is the operator's: one sentence that says what to do.
local function progressing(message)
  return { status = "Progressing", message = message }
end

local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return progressing("The operator has not looked at the newest spec yet.")
end

local found = {}
for _, condition in ipairs(status.conditions or {}) do
  found[condition.type] = condition
end

local ready = found.Ready
if ready == nil then
  return progressing("The operator has said nothing of it yet.")
end

-- Left alone on purpose: spec.suspend, or the annotation that asks for a plan. What served before and does not now
-- is in trouble all the same.
if ready.reason == "Suspended" or ready.reason == "PlanOnly" then
  local lost = ready.status ~= "True" and status.settled ~= nil
  return { status = lost and "Degraded" or "Suspended", message = ready.message }
end

if found.Stalled ~= nil and found.Stalled.status == "True" then
  return { status = "Degraded", message = found.Stalled.message }
end
if found.Reconciling ~= nil and found.Reconciling.status == "True" then
  return progressing(found.Reconciling.message)
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
return progressing(ready.message)
