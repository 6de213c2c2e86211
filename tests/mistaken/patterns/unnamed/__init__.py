"""A family without a group."""
# => patterns/unnamed/__init__.py: GROUP: it is missing: write GROUP = "...", the words under which the index lists it
