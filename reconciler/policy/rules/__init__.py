"""The rules that a spec must keep: one rule, one file, and one table that lists them."""
