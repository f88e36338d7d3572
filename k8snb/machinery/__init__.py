"""What every component stands on: the store behind the API server, watches, work queues, the log of changes."""
