"""The guards of a plan: one guard, one file. What a guard refuses a person can acknowledge, address by address."""
