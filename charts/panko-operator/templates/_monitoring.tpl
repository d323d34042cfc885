{{/* "true" where something for the Prometheus operator is wanted: it is enabled, or auto and the cluster has the kinds. */}}
{{- define "panko-operator.monitored" -}}
{{- if or (eq .wanted "enabled") (and (eq .wanted "auto") (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) -}}
true
{{- end -}}
{{- end -}}

{{/* The operator's pods, as Prometheus labels them by a ServiceMonitor and by a PodMonitor alike. */}}
{{- define "panko-operator.scraped" -}}
namespace="{{ .Release.Namespace }}", pod=~"{{ include "panko-operator.fullname" . }}-[a-z0-9]+(-[a-z0-9]+)?", container="operator"
{{- end -}}
