"""From spec files to the desired state: guarded parse, places, schema check, references. Only `read` is for others."""
