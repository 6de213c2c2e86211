"""A launch: workers that take turns, the processes that hold them, and what disturbs them."""
