"""The pods of the API and of the collector: where they run, what they have, and how many there are."""
