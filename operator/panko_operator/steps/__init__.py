"""The steps of a reconcile, one file each: build (pure) -> apply -> observe (pure) -> what was found.

A step takes the pass and returns an Observation, or raises an OperatorError. It trusts that the steps before it have
done their work, it may be run any number of times, and it never waits.
"""
