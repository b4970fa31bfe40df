"""From stored answers to a frozen release: reading, cuts, measures, ledger, store, drawing, and the worker's functions.

Here, and nowhere else, answers meet `analysis`. Web pages may import `snapshot` and `store`, which only read what a release
keeps; everything that computes (`reading`, `measures`, `drawing`, `work`) belongs to the worker.
"""
