"""The smallest service that uses the whole kit: one tenant table of parcels."""
