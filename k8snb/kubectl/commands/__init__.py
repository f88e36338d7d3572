"""The commands of kubectl, a file a verb."""
