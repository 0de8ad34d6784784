"""The language of `q`: its text, and the terms that it says."""
