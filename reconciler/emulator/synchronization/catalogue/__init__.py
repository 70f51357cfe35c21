"""The templates that applications come with: directories, default mappings, metadata."""
