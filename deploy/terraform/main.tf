# The operator by its chart, and a Panko by kubernetes_manifest, from a file as kubectl takes it.
#
# The definition of the kind has to be there before a Panko can be planned:
#   terraform apply -target=helm_release.panko_operator
#   terraform apply
terraform {
  required_version = ">= 1.5"
  required_providers {
    helm       = { source = "hashicorp/helm", version = ">= 3.0" }
    kubernetes = { source = "hashicorp/kubernetes", version = ">= 2.30" }
  }
}

provider "kubernetes" {
  config_path = var.kubeconfig
}

provider "helm" {
  kubernetes = { config_path = var.kubeconfig }
}

variable "kubeconfig" {
  description = "Where the cluster's kubeconfig is."
  type        = string
  default     = "~/.kube/config"
}

variable "chart" {
  description = "The chart: a folder, or oci://REGISTRY/charts/panko-operator of a release."
  type        = string
  default     = "../../charts/panko-operator"
}

variable "panko" {
  description = "The Panko as YAML, with the namespace that it is in."
  type        = string
  default     = "../manifests/samples/minimal.yaml"
}

resource "helm_release" "panko_operator" {
  name             = "panko-operator"
  namespace        = "panko-system"
  create_namespace = true
  chart            = var.chart
}

resource "kubernetes_manifest" "panko" {
  manifest   = yamldecode(file(var.panko))
  depends_on = [helm_release.panko_operator]

  # The apply is over when the event API serves.
  wait {
    condition {
      type   = "Ready"
      status = "True"
    }
  }

  timeouts {
    create = "15m"
    update = "15m"
  }
}
