"""Orderwright: carts and orders over the API that commercetools clients speak."""

__version__ = "0.1.0"
