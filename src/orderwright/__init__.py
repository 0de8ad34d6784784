"""Orderwright: carts and orders over the API that commercetools clients speak."""

__version__ = "0.1.0"
__api_level__ = "2026-10-23"
"""The day of the newest published change of the API that is served, with all before it, as far as it touches what is served."""
