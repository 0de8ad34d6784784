"""The search query language: JSON from outside, checked against the type it asks about, into a frozen tree."""
