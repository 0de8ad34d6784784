"""Quotes: a buyer asks for an offer, the seller prepares one in a cart of its own and makes it, and it becomes an order."""
