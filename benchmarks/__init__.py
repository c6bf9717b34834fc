"""Speed, measured: `python -m benchmarks NAME` prints a table. Nothing here runs in the tests."""
