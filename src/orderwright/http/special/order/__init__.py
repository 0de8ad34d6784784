"""What orders have beside the five verbs."""
