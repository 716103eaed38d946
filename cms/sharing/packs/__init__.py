"""A material as one file to take away: its files, its words as .html and .txt, the licence, and whom to name.

`parts` says what goes in, `words` writes the text, `making` makes the zip and stores it. Web modules import the model alone.
"""
