"""What ceilometer's direct publisher and its collector loaded: the older way into `panko.publisher`."""
