"""The service: pages for pupils, facilitators and commissioners, and the store behind them.

It uses both leaves, `questionnaires` (what is asked) and `analysis` (numbers about groups); neither knows of it.
Each journey is a module of its own and journeys never import each other; what several share is an act with a name
(`responses`, `pairing`, `sealing`). Only `survey.releases` lets answers meet analysis.
"""
