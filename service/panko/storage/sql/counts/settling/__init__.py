"""What puts events into counts: hours that are quiet, and blocks of them; see `panko.storage.sql.counts`."""
