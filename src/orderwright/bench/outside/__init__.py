"""What is told to and asked of servers outside: how soon Messages arrive, and what an extension adds."""
