"""What .NET does with texts, dates and patterns, where Python does something else."""
