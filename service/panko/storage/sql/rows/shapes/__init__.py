"""What the traits of an event are called and of what types they are: said once, for the many events that are alike."""
