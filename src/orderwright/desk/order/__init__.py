"""One order: what there is to know of it, and what is done to it. Each form is a row of `forms/table.py`."""
