"""The table of the second dialect: its fields, the places where they live, and the figures that are made of these."""
