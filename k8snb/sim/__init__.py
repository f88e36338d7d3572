"""Discrete-event simulation: a clock, a loop with a total order of events, seeded random streams. No Kubernetes."""
