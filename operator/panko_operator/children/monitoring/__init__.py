"""What Prometheus and Grafana look for: alerts, a dashboard, and where the figures are."""
