"""How an order is changed in this dialect: what is sent becomes actions."""
