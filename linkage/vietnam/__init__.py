"""What is Vietnamese and nothing else: spelling, syllables, identifiers, provinces."""
