"""Load what a case page shows, one noun per module. Callers have been through `backend.staff.access` before."""
