"""The rules that objects must keep, in upstream's order of checks and with its words: pure functions that list faults.

Paths are plain strings. Where Go walks a map in random order, the checks here walk it in order of its keys.
"""
