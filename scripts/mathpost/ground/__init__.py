"""What everything stands on: what can go wrong, told apart by what the author does about it; what a verdict is; files
read at once and written whole. It imports nothing of ours. Its way in: the errors, with their `Place`, and `Verdict`.
"""
