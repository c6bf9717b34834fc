"""The common data-set: observations, their indicators, where they came from, and how they compare."""
