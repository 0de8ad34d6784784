"""Requests to servers that clients of ours have named: guarded, bounded and timed."""
