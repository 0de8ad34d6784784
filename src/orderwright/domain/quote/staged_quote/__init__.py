"""Staged quotes: what a seller prepares an offer in."""
