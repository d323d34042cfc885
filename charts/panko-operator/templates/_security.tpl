{{/* The `restricted` Pod Security Standard, for every pod of the chart. 42420 is the user `panko` of the image. */}}
{{- define "panko-operator.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 42420
runAsGroup: 42420
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "panko-operator.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
