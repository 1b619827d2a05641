"""The availability engine: arithmetic over intervals, and the search that is made of it.

Pure functions over sorted lists of whole numbers. Nothing here knows of HTTP, calendars or
accounts. Read ``search.py`` first: it is the algorithm of the contract (scheduling §1.6), step
by step.
"""
