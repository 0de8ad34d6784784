"""The arithmetic of discounts of carts; `table.py` says how it is called.

What the API's pages do not say is read so, and each reading has a test that says so in its name:

- An amount is distributed over units, not over lines: a line of three units bears three even shares.
- Over three or more lines each bears its share cut down, and the first line all that is left over.
- What an even share leaves over goes to the first units, one minor unit each; what a unit cannot bear, the others do.
- What is rounded is the price that is left, not the amount that is taken off.
- An absolute amount off a price of high precision leaves its parts of a minor unit; each unit bears whole ones.
- Of a pattern only a relative value that is distributed is borne by the units that triggered it, as its type says. An absolute
  amount and a fixed price hold for each application.
- A component of a pattern without `maxCount` takes all units that are left; only where a trigger would so leave none to discount,
  it takes its `minCount`.
- The cheapest units of all that match are discounted, not those of each group; what triggers comes from the other end.
- Of several discounts of the total each takes its share of what the one before left, also of net and gross.
"""
