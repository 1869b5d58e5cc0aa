"""E-mail to residents by SMTP: out only."""
