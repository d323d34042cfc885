"""`panko-import`: files of events, of any size, into the event API."""
