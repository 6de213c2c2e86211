"""Give a number back."""

GROUP = "answer"
