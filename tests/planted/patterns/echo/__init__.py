"""Give a number back."""
