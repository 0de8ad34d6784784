"""The second dialect: the same orders as another order service's clients read, search and make them."""
