"""Judge one comment: no Flask, no SQL, no network, no clock but the one handed in."""
