"""How a Panko is, made of what the cluster says of it. Pure: nothing here asks anybody."""
