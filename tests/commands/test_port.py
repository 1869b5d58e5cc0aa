"""A port that somebody else has is said in a sentence, whichever command finds it taken."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", [[], ["serve"]])
def test_a_taken_port_is_named_with_a_way_out(command: list[str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        env = {**os.environ, "TSUNAGI_PORT": str(port), "TSUNAGI_DATA_DIR": str(tmp_path)}
        told = subprocess.run([sys.executable, "-m", "bots", *command], env=env, capture_output=True, text=True, timeout=600)
    assert told.returncode != 0
    assert f"Port {port} is in use" in told.stderr
    assert f"TSUNAGI_PORT={port + 1}" in told.stderr
    assert "Traceback" not in told.stderr
