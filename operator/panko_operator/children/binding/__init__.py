"""What a publisher needs to send events: the Secret of its account as servicebinding.io has it, and its parts."""
