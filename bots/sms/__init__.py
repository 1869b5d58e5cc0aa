"""SMS by a provider's plain HTTP interface: out only."""
