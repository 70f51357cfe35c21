"""The words of the program: addresses, places, findings, fields, states, steps, plans, events. Pure, and nothing below it."""
