"""One module for each verb of the program, and what it shows a person (`terminal`) or GitHub (`github`). Imports every
room below; knows no argument parser. Its ways in: the function that is called like its module.
"""
