"""The words of a sentence: what each event type is called by people."""
