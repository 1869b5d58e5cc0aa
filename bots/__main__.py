"""`python -m bots` is the command line."""

import sys

try:
    from bots.cli import main

    sys.exit(main())
except KeyboardInterrupt:  # Ctrl-C while it still loads is no reason for a traceback
    sys.exit(130)
