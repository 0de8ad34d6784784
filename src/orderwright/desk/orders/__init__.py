"""The list of orders: what it is filtered by, its pages, what is exported of it, and what is done to many at once."""
