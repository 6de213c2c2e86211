"""Give a number back, whatever else happens."""

GROUP = "answer"
