"""Outreach to many households: the ladder, the campaign, the switch that stops everything."""
