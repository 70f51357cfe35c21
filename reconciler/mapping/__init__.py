"""The language of attribute mappings: what an expression is. Pure; only the model and the errors lie below."""
