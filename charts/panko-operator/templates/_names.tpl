{{- define "panko-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "panko-operator.fullname" -}}
{{- $name := include "panko-operator.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "panko-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "panko-operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "panko-operator.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- define "panko-operator.selector" -}}
app.kubernetes.io/name: {{ include "panko-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "panko-operator.labels" -}}
{{ include "panko-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: openstack
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* What the account of the hooks carries: it is there before the pod that uses it, and gone when that has passed. */}}
{{- define "panko-operator.accountHook" -}}
helm.sh/hook: {{ ternary "test,pre-delete" "test" .Values.uninstall.refuse }}
helm.sh/hook-weight: "-1"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/* What only the look before `helm uninstall` has, for as long as it takes. */}}
{{- define "panko-operator.uninstallHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: "-1"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end -}}

{{/* A pod that runs a program of files/ in the operator's image, under the account of the hooks. */}}
{{- define "panko-operator.hookPod" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
serviceAccountName: {{ include "panko-operator.fullname" .root }}-hooks
restartPolicy: Never
activeDeadlineSeconds: 120
securityContext:
  {{- include "panko-operator.podSecurityContext" .root | nindent 2 }}
containers:
  - name: {{ .name }}
    image: {{ include "panko-operator.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    command: [python3, -c]
    args:
      - |
        {{- .root.Files.Get (printf "files/%s.py" .name) | nindent 8 }}
    env:
      - name: WATCH_NAMESPACE
        value: {{ join "," .root.Values.watchNamespaces | quote }}
      - name: NAMESPACE
        value: {{ .root.Release.Namespace }}
      - name: OPERATOR
        value: {{ include "panko-operator.fullname" .root }}
      - name: {{ .variable }}
        value: {{ .value | quote }}
    resources:
      requests:
        cpu: 50m
        memory: 128Mi
      limits:
        memory: 512Mi
    securityContext:
      {{- include "panko-operator.securityContext" .root | nindent 6 }}
{{- end -}}

{{/* The Panko that the demonstration is for, as namespace/name. */}}
{{- define "panko-operator.demoPanko" -}}
{{- default (printf "%s/panko" (default "openstack" (first .Values.watchNamespaces))) .Values.demo.panko -}}
{{- end -}}

{{- define "panko-operator.pankoImage" -}}
{{- default (printf "panko:%s" .Chart.AppVersion) .Values.panko.image -}}
{{- end -}}

{{- define "panko-operator.demoImage" -}}
{{- default (include "panko-operator.pankoImage" .) .Values.demo.image -}}
{{- end -}}
