"""A notebook is read, executed in a kernel of its own, and what it recorded is read back. Imports the text, for what
is to be computed in it; the only room to know papermill, nbclient and nbformat. Its ways in: `read` and `execute`.
"""
