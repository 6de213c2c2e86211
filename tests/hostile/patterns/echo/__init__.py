"""Give [bold]back[/bold] what a dict[str, int] holds → é [/x]?"""

GROUP = "answer"
