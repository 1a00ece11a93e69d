"""The table that is the state machine (`store.py`) and the loop that walks it (`runner.py`)."""
