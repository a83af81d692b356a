"""The acts of one term, in the order in which they are played, and who and what is behind them."""
