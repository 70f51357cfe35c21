"""The resources of the directory and of the topology: one module each, each with its table of operations."""
