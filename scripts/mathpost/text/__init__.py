"""What the text of a post says, found in one scan: nothing is executed, and no number has a meaning yet. Imports the
reader of LaTeX, to cut formulas into claims. Its way in: `read`.
"""
