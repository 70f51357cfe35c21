"""Renderers: findings, plans, drift and events as text and JSON. They give strings; the command line writes them."""
