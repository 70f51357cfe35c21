"""The words of the program: addresses, findings, fields, states, steps, plans, events. Pure; only errors lie below."""
