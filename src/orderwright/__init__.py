"""Orderwright: carts and orders over the API that commercetools clients speak."""

__version__ = "0.1.0"
__api_level__ = "2026-10-23"
"""The day of the newest published change of the API that this version follows. It follows all earlier ones too, as far as they
touch what is served."""
