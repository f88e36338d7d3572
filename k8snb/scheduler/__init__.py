"""The scheduler: which node a pod goes to, why, and who must make room for it.

`core.schedule_pod` decides about one pod, given a `snapshot.Snapshot` of the nodes; it knows no time and writes
nothing. `runner.Scheduler` is the component: the queue of pending pods, and the calls that carry decisions out.
"""
