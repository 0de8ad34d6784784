"""What the order desk counts and no call of the API does."""
