"""The second dialect over HTTP: its mounts, with their own guard and their own form of errors."""
