"""The commands of `./run`, a module for each kind; each has `add_commands(subparsers)`."""
