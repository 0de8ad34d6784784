"""API extensions: servers of a project's own that look at a write before it is stored, and may refuse it or add to it."""
