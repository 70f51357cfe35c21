"""From what a tenant holds to a spec that says just that: keys, desired state, what rules forbid, text. All pure."""
