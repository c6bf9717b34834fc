"""A fictional collaborative of nine authorities, with invented figures for every indicator: to look round in."""
