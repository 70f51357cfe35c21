"""What talks to GitHub: a comment in a pull request and an issue for each tenant, both updated in place."""
