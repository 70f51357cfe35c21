"""The command line: a verb is its options, one operation, and a renderer."""
