"""The booth's pages: what they show, and what was sent from them."""
