LIBRARY = "any"
# => not tested: offers none of echo, whisper
