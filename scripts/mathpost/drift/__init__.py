"""What is committed beside what is computed: pages, figures, numbers and claims as they are in the repository. Imports
the spine, and compares what it gives. Its ways in: `find_drift` and `check_repeatable`.
"""
