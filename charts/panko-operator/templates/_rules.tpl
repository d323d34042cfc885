{{/* What the operator does in a namespace that it looks after, and nothing else. */}}
{{- define "panko-operator.rules" -}}
# The resource itself. Its finalizer and annotations are metadata, hence patch.
- apiGroups: [panko.openstack.org]
  resources: [pankos]
  verbs: [get, list, watch, patch]
- apiGroups: [panko.openstack.org]
  resources: [pankos/status]
  verbs: [patch]
# Owner references that block the owner's deletion, where the API server enforces this permission.
- apiGroups: [panko.openstack.org]
  resources: [pankos/finalizers]
  verbs: [update]
# The children of a Panko. Secrets are also read where a Panko refers to them.
- apiGroups: [""]
  resources: [secrets, configmaps]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs, cronjobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
# Who may reach whom.
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch, create, patch, delete]
# Where Prometheus finds figures and alerts; a cluster may not have these kinds.
- apiGroups: [monitoring.coreos.com]
  resources: [servicemonitors, prometheusrules]
  verbs: [get, list, watch, create, patch, delete]
# How clients reach the API, and by what it is known to them. The last two are kinds that a cluster may not have.
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [get, list, watch, create, patch, delete]
# Why a pod does not start, for the conditions.
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
# What happened, for `kubectl describe panko`. A repeated Event is read, and its count patched.
- apiGroups: [""]
  resources: [events]
  verbs: [get, create, patch]
{{- end -}}
