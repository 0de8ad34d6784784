"""What is typed about an order: its forms, what each makes of its fields, and what is offered."""
