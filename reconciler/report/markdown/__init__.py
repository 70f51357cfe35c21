"""Reports as markdown, for a comment on a pull request or an issue: the decision first, the rest folded."""
