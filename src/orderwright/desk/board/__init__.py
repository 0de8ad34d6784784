"""The board: orders and turnover, carts that were left, stock that runs low and deliveries that lag, as pictures and numbers."""
