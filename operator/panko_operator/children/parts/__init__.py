"""What several children share: a pod, a digest. Pure."""
