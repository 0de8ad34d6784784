"""Quotes: the offer itself, which nobody changes any more, and the order that it becomes."""
