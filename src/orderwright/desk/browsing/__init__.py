"""Carts, customers and products: lists that are looked through, and a page each, all linked with each other."""
