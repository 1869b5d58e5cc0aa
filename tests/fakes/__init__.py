"""Stand-ins for LINE and Telegram that behave like the platforms where it hurts.

They listen on loopback only, inside the test's process or as a process of their own
(`python -m tests.fakes.line --port 9001 --state sent.jsonl`), and are held against the official specifications in
`tests/channels/`.
"""
