"""What each service of OpenStack notifies of what people do with it."""
