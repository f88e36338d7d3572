"""kubectl: command lines to calls on the API server, and its answers to text."""
