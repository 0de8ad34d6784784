"""Quote requests: what a buyer wants an offer for."""
