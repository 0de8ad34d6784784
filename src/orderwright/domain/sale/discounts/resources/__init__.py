"""What shops say of discounts of carts: cart discounts, their groups, and the codes that bring them."""
