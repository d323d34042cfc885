"""CloudEvents 1.0: what an event of theirs is as an event of ours, and back.

The CloudEvent itself is the `raw` of the event, whole; its id, type and time, and traits to search it by, are made of
its attributes. What is read back is the `raw`, so that nothing is lost on the way.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""
