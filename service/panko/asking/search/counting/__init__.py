"""What is asked of counts beside a search: spans of time, and the fields by which events are told apart. Pure."""
