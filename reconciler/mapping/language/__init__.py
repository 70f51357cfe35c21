"""The expression language: text, tree, and what two trees have in common."""
